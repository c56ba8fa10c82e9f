// Customers in any number, as the service would have made them: thirty preferences each in eleven categories, with their
// history, and three standing consents with different retailers. They go straight into the tables, sealed with keys of
// their own that the service's KEK has wrapped, so that it opens them like any others. As many processes as there are
// processors make them.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

import { built } from './built.mjs';
import { startProcess } from './process.mjs';

export const CONSENTS = 3;
/** How many different sets of preferences there are; what is sealed differs for each customer all the same. */
const KINDS = 97;
const AT_ONCE = 250;

/** What each consent is about: five of the eleven categories. */
export const shared = [
  'brand.affinity',
  'contact.marketing',
  'contact.service',
  'language.spoken',
  'receipt.delivery',
  'size.apparel',
  'size.footwear',
];

const everyone = { level: 'everyone' };
const want = (attribute, value) => ({ attribute, value, strength: 'want', applies_to: everyone });
const must = (attribute, value) => ({ attribute, value, strength: 'must', applies_to: everyone });
const garments = ['trousers', 'top', 'dress', 'outerwear'];

/** Thirty preferences; customers have their brands, names and sizes from `n`. */
function draftsOf(n) {
  const some = (list) => list[n % list.length];
  return [
    ...Array.from({ length: 8 }, (_, place) => want('brand.affinity', { brand: `Brand ${(n + 7 * place) % 97}` })),
    ...Array.from({ length: 6 }, (_, place) => want('category.interest', { name: `Interest ${(n + 5 * place) % 89}` })),
    must('contact.marketing', { email: true, sms: false, phone: false, topics: ['offers'], max_per_week: 1 + (n % 5) }),
    want('contact.service', { email: true, sms: n % 2 === 0 }),
    must('fulfilment.delivery', { method: some(['pickup', 'home', 'locker']), priority: 'green' }),
    must('fulfilment.substitution', { allowed: true, without_asking: false, max_extra_percent: 5 + (n % 10) }),
    must('language.spoken', { language: some(['en', 'de', 'fr']), level: 'native' }),
    want('language.spoken', { language: some(['it', 'es', 'nl']), level: 'fluent' }),
    want('loyalty.membership', { programme: 'Green Points', member_id: `4711 ${n}` }),
    want('payment.preference', { method: some(['debit_card', 'credit_card', 'cash']) }),
    want('receipt.delivery', { form: some(['email', 'paper', 'app']) }),
    want('returns.method', { method: 'store' }),
    ...garments.map((garment) => must('size.apparel', { garment, system: 'EUROPE', size: `${36 + (n % 20)}` })),
    must('size.footwear', { system: 'EUROPE', size: `${36 + (n % 12)}` }),
    want('recommendations.personalised', { allowed: true, based_on: ['preferences'] }),
  ];
}

/** Each set of preferences as the service understands it. To be asked of the service, before any are made. */
export async function kindsOf(app) {
  const { Drafts } = await built('src/preferences/drafts');
  const { VocabularyService } = await built('src/vocabulary/vocabulary.service');
  const get = (provider) => app.get(provider, { strict: false });
  const kinds = Array.from({ length: KINDS }, async (_, n) => {
    const drafts = draftsOf(n);
    return get(Drafts).checked(
      drafts,
      drafts.map((_draft, index) => `/items/${index}`),
    );
  });
  return { vocabularyVersion: get(VocabularyService).current().version, kinds: await Promise.all(kinds) };
}

/**
 * Makes more customers, with a bar that shows how far it is.
 *
 * @param {object} plan
 * @param {string} plan.databaseUrl of a user who may skip triggers
 * @param {{retailerId: string, clientId: string}[]} plan.shops each customer consents to three of them
 * @param {Awaited<ReturnType<typeof kindsOf>>} plan.understood
 * @param {number} plan.count
 * @param {boolean} [plan.history] whether each preference’s first version is kept, which reads never look at
 * @param {number} [plan.makers] processes
 */
export async function makePeople({ count, makers = availableParallelism(), ...plan }) {
  const { startProgress } = await built('src/cli/replay/progress');
  const progress = startProgress('Customers', count, 'customers');
  const program = fileURLToPath(new URL('maker.mjs', import.meta.url));
  let left = count;
  const made = Array.from({ length: Math.min(makers, Math.ceil(count / AT_ONCE)) }, async () => {
    const { ask, kill } = startProcess(program);
    try {
      await ask('begin', plan);
      while (left > 0) {
        const some = Math.min(AT_ONCE, left);
        left -= some;
        await ask('make', { count: some });
        progress.add(some);
      }
      await ask('end');
    } finally {
      kill();
    }
  });
  await Promise.all(made);
  progress.end();
}

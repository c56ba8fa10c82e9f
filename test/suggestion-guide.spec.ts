import { readFileSync } from 'node:fs';

import { rules } from '../src/suggestions/rules.js';
import { ccxCore120 } from '../src/vocabulary/ccx-core/1.2.0.js';

const guide = readFileSync('docs/consumer/suggestions.md', 'utf8');

/** What the sentences of the guide are made of. */
const about = { brand: 'Roasters', category: 'Coffee', name: 'Coffee', system: 'EUROPE', size: '39' };
const told: Readonly<Record<string, { value?: string; about?: object }>> = {
  regular_purchase: { about: { name: 'Oat drink' } },
  apparel_size: { about: { system: 'EUROPE', size: '40' } },
  fulfilment: { value: 'pickup' },
  receipt: { value: 'email' },
  language: { value: 'de' },
  contact_channel: { value: 'email' },
  contact_time: { value: 'evening' },
};

describe("the customer's guide to suggestions", () => {
  it('names every rule with its sentence', () => {
    const rows = guide.slice(guide.indexOf('## What each rule looks at')).split('\n');
    const shown = rows.flatMap((row) => {
      const [, attribute, , sentence] = row.split('|').map((cell) => cell.trim());
      return attribute?.startsWith('`') && sentence?.endsWith('.') ? [`${attribute} ${sentence}`] : [];
    });
    const shipped = rules.map(({ id, attribute, byRetailer, sentence }) => {
      const counts = { k: 9, n: 10, since: '2026-03-03', assessment: { base: 0.2 } };
      const said = sentence({
        ...counts,
        value: '',
        ...told[id],
        about: { ...about, ...told[id]?.about },
        ...(byRetailer && { retailer: 'Wren' }),
      });
      return `\`${attribute}\` ${said.en}`;
    });
    expect(shown).toEqual(shipped);
  });

  it('names everything that is never inferred', () => {
    const chapter = guide.split('\n## ').find((part) => part.startsWith('What is never inferred'))!;
    const never = ccxCore120.attributes.filter(({ inferable }) => !inferable).map(({ path }) => path);
    expect([...chapter.matchAll(/`([a-z_]+\.[a-z_]+)`/g)].map(([, path]) => path).toSorted()).toEqual(never.toSorted());
  });
});

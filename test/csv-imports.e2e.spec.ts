import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aRetailer } from './support/retailers.js';

let app: TestApp;
let mira: TestCustomer;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  mira = await aCustomer(app);
});
afterAll(() => app.stop());

const problem = (code: string) => `${app.url}/problems/${code}`;

interface Item {
  readonly line: number;
  readonly outcome: string;
  readonly statement?: { attribute: string; value: object; strength: string; applies_to: object };
  readonly errors?: { pointer: string; detail: string }[];
}

const bringIn = (table: string, query: Record<string, string | object> = {}) =>
  mira.api
    .post('/v1/me/imports')
    .query(
      Object.fromEntries(
        Object.entries(query).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
      ),
    )
    .type('text/csv')
    .send(table);

/** What became of each line, in short. */
const told = ({ items }: { items: Item[] }) =>
  items.map(({ line, outcome, statement, errors }) =>
    errors
      ? [line, outcome, ...errors.map(({ pointer, detail }) => `${pointer} ${detail}`)]
      : [line, outcome, statement?.attribute, statement?.value],
  );

describe('the table of a loyalty programme', () => {
  const table = [
    'Program;Member ID;First name;Email opt-in;SMS opt-in;Preferred language;Receipt;Favourite brands',
    'Green Points;4711 0815;Mira;yes;no;German;digital;Weleda; Alnatura',
  ]
    .join('\n')
    .replace('Weleda; Alnatura', '"Weleda; Alnatura"');

  it('becomes a membership, permissions to contact, a language, a receipt and brands', async () => {
    const { body } = await bringIn(table, { mapping: 'loyalty_member' }).expect(201);
    expect(told(body)).toEqual([
      [2, 'added', 'loyalty.membership', { programme: 'Green Points', member_id: '4711 0815' }],
      [2, 'added', 'contact.marketing', { email: true, sms: false }],
      [2, 'added', 'language.spoken', { language: 'de' }],
      [2, 'added', 'receipt.delivery', { form: 'app' }],
      [2, 'added', 'brand.affinity', { brand: 'Weleda' }],
      [2, 'added', 'brand.affinity', { brand: 'Alnatura' }],
    ]);
    expect(body).toMatchObject({
      source: 'loyalty_member',
      verification: null,
      table: { lines: 1, without_statement: [], unused_columns: ['First name'] },
    });
    expect(JSON.stringify(body.items)).not.toContain('Mira');
  });

  it('is pending until it is confirmed, and says where it comes from', async () => {
    const { body } = await bringIn(table, { mapping: 'loyalty_member', source: 'Green Points' }).expect(201);
    await mira.api
      .post(`/v1/me/imports/${body.id}/confirm`)
      .send({ items: [2] })
      .expect(200);
    const { body: active } = await mira.api.get('/v1/me/preferences?status=active').expect(200);
    expect(active.items).toHaveLength(1);
    expect(active.items[0]).toMatchObject({
      attribute: 'contact.marketing',
      provenance: { kind: 'imported', source: 'Green Points' },
    });
    expect(active.items[0].provenance).not.toHaveProperty('original');
  });

  it('applies to one retailer alone when that is asked for', async () => {
    const grocer = await aRetailer(app);
    const { body } = await bringIn(table, { mapping: 'loyalty_member', retailer_id: grocer.id }).expect(201);
    for (const { statement } of body.items as Item[]) {
      expect(statement?.applies_to).toEqual({ level: 'retailer', retailer_id: grocer.id });
    }
    const nobody = { mapping: 'loyalty_member', retailer_id: '019a9c3e-7f10-7c41-9d2b-5a6f0f3b8e21' };
    const { body: unknown } = await bringIn(table, { ...nobody, dry_run: 'true' }).expect(200);
    expect(unknown.counts).toMatchObject({ added: 0, invalid: 6 });
  });
});

describe('the table of a newsletter', () => {
  it('becomes whether and about what e-mail may come', async () => {
    const table = 'Email Address,Status,Topics,Locale\nmira@example.org,Unsubscribed,"Offers, Events",de-DE\n';
    const { body } = await bringIn(table, { mapping: 'newsletter_subscription' }).expect(201);
    expect(told(body)).toEqual([
      [2, 'added', 'contact.marketing', { email: false, topics: ['offers', 'events'] }],
      [2, 'added', 'language.spoken', { language: 'de-DE' }],
    ]);
    expect(body.table.unused_columns).toEqual(['Email Address']);
  });

  it('says nothing of somebody whom it could not reach', async () => {
    const { body } = await bringIn('Status\ncleaned\nactive\n', { mapping: 'newsletter_subscription' }).expect(201);
    expect(told(body)).toEqual([[3, 'added', 'contact.marketing', { email: true }]]);
    expect(body.table).toMatchObject({ lines: 2, without_statement: [2] });
  });
});

describe('the table of sizes', () => {
  it('becomes sizes, and names the lines that it cannot be', async () => {
    const table = [
      'Category\tSystem\tSize\tFit',
      'Shoes\tEU\t42.5\twide',
      'Jeans\tUS\t32/34\trelaxed',
      'Dresses\tMars\t40\t',
      'Furniture\tEU\t200\t',
      'Shirts\tEU\tM\tbaggy',
      'Shoes\tEU\t43\t',
      'Shoes\tUK\t8\t\t',
    ].join('\r\n');
    const { body } = await bringIn(table, { mapping: 'size_profile' }).expect(201);
    expect(told(body)).toEqual([
      [2, 'added', 'size.footwear', { system: 'EUROPE', size: '42.5', width: 'wide' }],
      [3, 'added', 'size.apparel', { garment: 'trousers', system: 'US', size: '32/34', fit: 'loose' }],
      [4, 'invalid', '/System “Mars” is not among the texts that the mapping knows'],
      [6, 'invalid', '/Fit “baggy” is not among the texts that the mapping knows'],
      [7, 'invalid', ' says something else about the same as line 2, which comes first'],
      [8, 'invalid', ' has 1 cells more than the header'],
    ]);
    expect(body.table.without_statement).toEqual([5]);
  });
});

describe('a mapping of one’s own', () => {
  const mapping = {
    rules: [
      {
        attribute: 'contact.marketing',
        strength: 'must',
        when: { column: 'kind', in: ['ads'] },
        value: {
          email: { $column: 'mail', as: 'boolean', optional: true },
          max_per_week: { $column: ['per week', 'weekly'], as: 'integer', optional: true },
        },
      },
      { attribute: 'food.allergen', strength: 'never', value: { code: { $column: 'allergy', map: { peanut: 'AP' } } } },
    ],
  };

  it('says what cells mean', async () => {
    const table = '\uFEFFkind,mail,weekly,allergy\nads,no,2,\nother,no,9,Peanut\nads,maybe,,\nads,yes,two,\n';
    const { body } = await bringIn(table, { mapping }).expect(201);
    expect(told(body)).toEqual([
      [2, 'added', 'contact.marketing', { email: false, max_per_week: 2 }],
      [3, 'added', 'food.allergen', { code: 'AP' }],
      [4, 'invalid', '/mail “maybe” is neither yes nor no'],
      [5, 'invalid', '/weekly “two” is not a whole number'],
    ]);
    expect(body.source).toBe('csv');
  });

  it('is judged by the vocabulary like everything that is stated', async () => {
    const wrong = { rules: [{ attribute: 'food.allergen', strength: 'never', value: { code: { $column: 'code' } } }] };
    const { body } = await bringIn('code\nAP\nZZ\n', { mapping: wrong }).expect(201);
    expect(told(body)).toEqual([
      [2, 'added', 'food.allergen', { code: 'AP' }],
      [3, 'invalid', '/value/code is not a code of the list gs1_allergen'],
    ]);
  });

  it.each([
    ['which is missing', undefined, 'query/mapping'],
    ['which is no JSON', 'lojalty_member', 'query/mapping'],
    ['without rules', {}, 'query/mapping'],
    ['with a rule that is none', { rules: [{ attribute: 'food.allergen' }] }, 'query/mapping/rules/0'],
    [
      'with a cell that is read in an unknown way',
      { rules: [{ attribute: 'a.b', strength: 'must', value: { x: { $column: 'kind', as: 'date' } } }] },
      'query/mapping/rules/0/value/x/as',
    ],
    [
      'for another table',
      { rules: [{ attribute: 'a.b', strength: 'must', value: { x: { $column: 'colour' } } }] },
      'query/mapping',
    ],
  ])('is refused: one %s', async (_, given, pointer) => {
    const { body } = await bringIn('kind\nads\n', given === undefined ? {} : { mapping: given }).expect(400);
    expect(body.type).toBe(problem('invalid-request'));
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });
});

describe('a table that is not taken', () => {
  const refused = async (table: string, status: number, code: string) => {
    const { body } = await bringIn(table, { mapping: 'size_profile' }).expect(status);
    expect(body.type).toBe(problem(code));
    return body;
  };

  it('is empty, or opens a quotation mark for ever', async () => {
    await refused('\n', 400, 'csv-unreadable');
    const { errors } = await refused('Category,Size\nShoes,"42\n', 400, 'csv-unreadable');
    expect(errors[0].detail).toContain('quotation mark');
  });

  it('has too many lines or columns', async () => {
    const { limit } = await refused(`Category,Size\n${'Shoes,42\n'.repeat(1001)}`, 422, 'import-too-large');
    expect(limit).toBe(1000);
    await refused(`Category${',Size'.repeat(200)}\n`, 422, 'import-too-large');
  });

  it('states more than a profile holds', async () => {
    const mapping = {
      rules: [
        {
          attribute: 'brand.affinity',
          strength: 'want',
          value: { brand: { $column: 'brands', split: ';', each: true } },
        },
      ],
    };
    const brands = Array.from({ length: 1001 }, (_, n) => `Brand ${n}`).join(';');
    await bringIn(`brands,x\n${brands}\n`, { mapping, delimiter: 'comma' }).expect(422);
  });
});

describe('the ready mappings', () => {
  it('are shown as they can be sent', async () => {
    const { body } = await mira.api.get('/v1/me/imports/mappings').expect(200);
    const [loyalty] = body.items as { id: string; rules: object[] }[];
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual([
      'loyalty_member',
      'newsletter_subscription',
      'size_profile',
    ]);
    const { body: tried } = await bringIn('Program\nGreen Points\n', {
      mapping: { rules: loyalty!.rules.slice(0, 1) },
      dry_run: 'true',
    }).expect(200);
    expect(tried.counts.added).toBe(1);
  });
});

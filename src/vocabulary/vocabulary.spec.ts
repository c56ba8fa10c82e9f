import { createHash } from 'node:crypto';

import { Ajv2020 } from 'ajv/dist/2020.js';

import { isSpecial, strengths } from './attribute.js';
import { ccxCore100 } from './ccx-core/1.0.0.js';
import { ccxCore110 } from './ccx-core/1.1.0.js';
import { ccxCore120 } from './ccx-core/1.2.0.js';
import { touchpoints } from './code-lists.js';
import { allergenCodes, deprecatedAllergenCodes } from './gs1-allergens.js';
import { Vocabulary } from './vocabulary.js';

const vocabulary = new Vocabulary(ccxCore100);

describe('the attributes of ccx-core 1.0.0', () => {
  it('are at least those that the design names', () => {
    expect(vocabulary.attributes().map(({ path }) => path)).toEqual([
      'accessibility.assistance',
      'accessibility.display',
      'assistance.style',
      'brand.affinity',
      'category.interest',
      'contact.marketing',
      'contact.service',
      'food.allergen',
      'food.diet',
      'fulfilment.delivery',
      'fulfilment.substitution',
      'language.spoken',
      'loyalty.membership',
      'payment.preference',
      'price.sensitivity',
      'receipt.delivery',
      'recommendations.personalised',
      'returns.method',
      'size.apparel',
      'size.footwear',
    ]);
  });

  it.each(vocabulary.attributes())('$path is complete and consistent', (attribute) => {
    expect(attribute.path).toMatch(/^[a-z]+\.[a-z_]+$/);
    expect(attribute.path.split('.')[0]).toBe(attribute.category);
    expect(
      attribute.labels.en && attribute.labels.de && attribute.description.en && attribute.description.de,
    ).toBeTruthy();
    expect(vocabulary.checkValue(attribute.path, attribute.example)).toEqual([]);
    expect(attribute.cardinality).toBe(attribute.key_from ? 'many' : 'one');
    expect(vocabulary.keyOf(attribute.path, attribute.example) !== null).toBe(attribute.cardinality === 'many');
    expect(attribute.strengths.length).toBeGreaterThan(0);
    expect(strengths).toEqual(expect.arrayContaining([...attribute.strengths]));
    expect(touchpoints).toEqual(expect.arrayContaining([...attribute.touchpoints]));
    if (isSpecial(attribute)) expect(attribute.inferable).toBe(false);
    for (const list of Object.values(attribute.code_lists)) expect(ccxCore100.code_lists[list]).toBeDefined();
  });

  it('merge every field of a value where they merge by field', () => {
    for (const { merge, value_schema } of vocabulary.attributes()) {
      if (typeof merge === 'object') {
        expect(Object.keys(merge).toSorted()).toEqual(Object.keys(value_schema.properties as object).toSorted());
      }
    }
  });

  it('keep price sensitivity from every retailer', () => {
    expect(vocabulary.attribute('price.sensitivity')?.touchpoints).toEqual([]);
  });

  it('name the special ones', () => {
    expect(
      vocabulary
        .attributes()
        .filter(isSpecial)
        .map(({ path }) => path),
    ).toEqual(['accessibility.assistance', 'accessibility.display', 'food.allergen', 'food.diet']);
  });

  it('have schemas that another validator understands on its own', () => {
    for (const { value_schema, example } of vocabulary.attributes()) {
      expect(new Ajv2020().validate(JSON.parse(JSON.stringify(value_schema)) as object, example)).toBe(true);
    }
  });
});

describe('the code lists', () => {
  it('label every code of our own in English and in German', () => {
    for (const [name, { codes }] of Object.entries(ccxCore100.code_lists)) {
      expect(new Set(codes.map(({ code }) => code)).size).toBe(codes.length);
      if (name === 'gs1_allergen') continue;
      for (const { labels } of codes) expect(labels).toEqual({ en: expect.any(String), de: expect.any(String) });
    }
  });

  it('say in a sentence what each purpose means', () => {
    for (const { code, description } of ccxCore100.code_lists.purpose!.codes) {
      expect(code).toMatch(/^dpv:[A-Z]/);
      expect(description).toEqual({ en: expect.stringMatching(/\.$/), de: expect.stringMatching(/\.$/) });
    }
  });

  it('hold all 366 allergens of GS1, 156 of them deprecated, every alias leading to a code in force', () => {
    const { codes } = ccxCore100.code_lists.gs1_allergen!;
    const inForce = new Set(allergenCodes.map(([code]) => code));
    expect(codes).toHaveLength(366);
    expect(codes.filter(({ status }) => status === 'deprecated')).toHaveLength(156);
    expect(deprecatedAllergenCodes).toHaveLength(156);
    for (const { alias_of } of codes) expect(alias_of === null || inForce.has(alias_of)).toBe(true);
    // GS1 names these as replaced by themselves or by a code that it has not published.
    expect(
      codes.filter(({ status, alias_of }) => status === 'deprecated' && !alias_of).map(({ code }) => code),
    ).toEqual(['EEL', 'QUEENSLAND_NUTS', 'TREE_NUT_TRACES']);
  });

  it('name the fourteen main allergens of the EU in German', () => {
    const { codes } = ccxCore100.code_lists.gs1_allergen!;
    for (const code of ['AW', 'AC', 'AE', 'AF', 'AP', 'AY', 'AM', 'AN', 'BC', 'BM', 'AS', 'AU', 'NL', 'UM']) {
      expect(codes.find((entry) => entry.code === code)?.labels.de).toEqual(expect.any(String));
    }
  });
});

describe('expanding a path', () => {
  it.each([
    ['contact', ['contact.marketing', 'contact.service']],
    ['size.footwear', ['size.footwear']],
    ['food.allergen', ['food.allergen']],
    ['food', []],
    ['accessibility', []],
    ['nothing', []],
    ['', []],
  ])('%s stands for %j', (path, attributes) => {
    expect(vocabulary.expand(path)).toEqual(attributes);
  });
});

describe('a deprecated code', () => {
  it('is kept under the code that stands for it now', () => {
    expect(vocabulary.canonical('food.allergen', { code: 'PEANUTS' })).toEqual({ code: 'AP' });
    expect(vocabulary.keyOf('food.allergen', vocabulary.canonical('food.allergen', { code: 'GLUTEN' }))).toBe('AW');
  });

  it('stands for itself where there is no other', () => {
    expect(vocabulary.canonical('food.allergen', { code: 'EEL' })).toEqual({ code: 'EEL' });
    expect(vocabulary.canonical('food.allergen', { code: 'TREE_NUT_TRACES' })).toEqual({ code: 'TREE_NUT_TRACES' });
  });
});

describe('a name as a key', () => {
  it('is the same in any case and spacing', () => {
    expect(vocabulary.keyOf('brand.affinity', { brand: 'Dr.  Hauschka' })).toBe('dr. hauschka');
    expect(vocabulary.keyOf('brand.affinity', { brand: 'DR. HAUSCHKA' })).toBe('dr. hauschka');
  });
});

describe('checking a value', () => {
  it.each([
    ['food.allergen', { code: 'CATS' }, '/code', 'is not a code of the list gs1_allergen'],
    ['food.allergen', 'AP', '', 'must be of type object'],
    ['food.allergen', null, '', 'must be of type object'],
    ['food.allergen', {}, '/code', 'is required'],
    ['food.allergen', { code: 'AP', note: 'bad' }, '/note', 'is not a member of this value'],
    ['food.allergen', { code: 'AP', 'a/b~c': 1 }, '/a~1b~0c', 'is not a member of this value'],
    ['food.nothing', {}, '', 'There is no attribute food.nothing.'],
    ['contact.marketing', {}, '', 'must have at least one member'],
    ['contact.marketing', { email: 'yes' }, '/email', 'must be of type boolean'],
    ['contact.marketing', { max_per_week: 1.5 }, '/max_per_week', 'must be of type integer'],
    ['contact.marketing', { max_per_week: -1 }, '/max_per_week', 'must be >= 0'],
    ['size.footwear', { system: 'MARS', size: '1' }, '/system', expect.stringContaining('must be one of AUSTRALIA')],
    ['size.footwear', { system: 'UK', size: '8\u0000' }, '/size', 'is not written as the vocabulary asks for'],
    ['size.footwear', { system: 'UK', size: ' 8' }, '/size', 'is not written as the vocabulary asks for'],
    ['language.spoken', { language: 'deutsch' }, '/language', 'is not written as the vocabulary asks for'],
    [
      'price.sensitivity',
      { style: 'best_value', budget: { amount: 100, currency: 'XXX', period: 'week' } },
      '/budget/currency',
      expect.stringContaining('is not a code of its list'),
    ],
  ])('%s %j is refused at %s', (path, value, pointer, detail) => {
    expect(vocabulary.checkValue(path, value)).toEqual([{ pointer, detail }]);
  });

  it('names every fault at once', () => {
    const faults = vocabulary.checkValue('size.footwear', { system: 'MARS', colour: 'red' });
    expect(faults.map(({ pointer }) => pointer).toSorted()).toEqual(['/colour', '/size', '/system']);
  });

  it('names no more than tell enough', () => {
    const wrong = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`n${n}`, 1]));
    expect(vocabulary.checkValue('size.footwear', wrong)).toHaveLength(20);
  });
});

describe('ccx-core 1.0.0', () => {
  it('is what it was when it was released, to the letter', () => {
    const digest = createHash('sha256').update(JSON.stringify(ccxCore100)).digest('hex');
    expect(digest).toBe('3df30e400d854ca0b4d1d40e76f93a424c3c78933f3fc980b238403b77aba65a');
  });
});

describe('ccx-core 1.1.0', () => {
  const next = new Vocabulary(ccxCore110);

  it('says of every attribute what holds when nothing is stated', () => {
    for (const { path, default: otherwise } of next.attributes()) {
      expect(otherwise?.text).toEqual({ en: expect.stringMatching(/\.$/), de: expect.stringMatching(/\.$/) });
      if (otherwise?.value) expect(next.checkValue(path, otherwise.value)).toEqual([]);
    }
  });

  it('has what products say of themselves, by the codes of GS1', () => {
    expect(next.attributes().flatMap(({ path }) => (path.startsWith('product.') ? [path] : []))).toEqual([
      'product.free_from',
      'product.growing_method',
      'product.nutrition_claim',
    ]);
    const sizes = Object.entries(ccxCore110.code_lists).flatMap(([name, { codes, source }]) =>
      name.startsWith('gs1_') && source?.license === 'Apache-2.0' ? [[name, codes.length]] : [],
    );
    expect(Object.fromEntries(sizes)).toEqual({
      gs1_allergen: 366,
      gs1_diet: 10,
      gs1_size_system: 7,
      gs1_growing_method: 16,
      gs1_packaging_free_from: 28,
      gs1_nutritional_claim: 54,
    });
  });

  it('keeps claims that tell of an illness out of their category', () => {
    expect(next.expand('product')).toEqual(['product.growing_method']);
    for (const path of ['product.free_from', 'product.nutrition_claim']) {
      expect(next.attribute(path)).toMatchObject({ sensitivity: 'special:health', inferable: false });
      expect(next.checkValue(path, next.attribute(path)!.example)).toEqual([]);
    }
  });
});

describe('ccx-core 1.2.0', () => {
  const next = new Vocabulary(ccxCore120);
  const added = ['brand.kind', 'habit.contact_channel', 'habit.contact_time', 'habit.purchase'];

  it('adds what people usually do, and changes nothing else', () => {
    const kept = ccxCore120.attributes.filter(({ path }) => !added.includes(path));
    expect(kept).toEqual(ccxCore110.attributes);
    expect(ccxCore120.attributes).toHaveLength(kept.length + added.length);
  });

  it.each(added)('%s is complete, and may be inferred', (path) => {
    const attribute = next.attribute(path)!;
    expect(attribute).toMatchObject({ inferable: true, default: { value: null } });
    expect(next.checkValue(path, attribute.example)).toEqual([]);
    expect(next.keyOf(path, attribute.example) !== null).toBe(attribute.cardinality === 'many');
    for (const list of Object.values(attribute.code_lists)) expect(ccxCore120.code_lists[list]).toBeDefined();
  });

  it('keeps habits out of what a retailer gets that asks how it may contact somebody', () => {
    expect(next.expand('contact')).toEqual(['contact.marketing', 'contact.service']);
  });
});

import { vocabulary } from '../../test/support/arbitrary-preferences.js';
import { canonicalContext, checkDraft, type Draft, identityOf, statementOf } from './draft.js';
import { statements } from './examples.js';

describe('the examples of the API description', () => {
  it.each(Object.values(statements))('$summary: can be stated', ({ value }) => {
    expect(checkDraft({ applies_to: { level: 'everyone' }, ...value } as Draft, vocabulary, '')).toEqual([]);
  });
});

it('says where to look for the attribute that it does not know', () => {
  const draft: Draft = { attribute: 'receipt.delivry', value: {}, strength: 'want', applies_to: { level: 'everyone' } };
  const detail = `is not an attribute of ccx-core ${vocabulary.version}: /v1/vocabularies/ccx-core lists them`;
  expect(checkDraft(draft, vocabulary, '/items/0')).toEqual([{ pointer: '/items/0/attribute', detail }]);
});

describe('the identity of a preference', () => {
  const draft: Draft = {
    attribute: 'brand.affinity',
    value: { brand: 'Acme' },
    strength: 'want',
    applies_to: { level: 'everyone' },
    context: { touchpoint: ['till', 'web'], place: { country: 'DE' } },
  };
  const identity = (other: Partial<Draft> = {}) => {
    const { context, ...rest } = { ...draft, ...other };
    return identityOf(statementOf({ ...rest, ...(context && { context: canonicalContext(context) }) }, vocabulary));
  };

  it.each<[string, Partial<Draft>]>([
    ['strength and value', { strength: 'avoid', weight: 3, value: { brand: 'ACME' } }],
    ['the order of lists', { context: { place: { country: 'DE' }, touchpoint: ['web', 'till'] } }],
    ['how long it holds', { valid_until: '2027-01-01T00:00:00.000Z', override: true }],
  ])('is not changed by %s', (_, other) => expect(identity(other)).toBe(identity()));

  it.each<[string, Partial<Draft>]>([
    ['another key', { value: { brand: 'Brand B' } }],
    ['others to whom it applies', { applies_to: { level: 'sector', sector: 'grocery' } }],
    ['another context', { context: { touchpoint: ['till'], place: { country: 'DE' } } }],
    ['no context', { context: undefined }],
  ])('is another one with %s', (_, other) => expect(identity(other)).not.toBe(identity()));
});

import * as fc from 'fast-check';

import { effectivePreferences } from '../../test/support/arbitrary-effective.js';
import { documentsOf, vocabulary } from '../../test/support/arbitrary-preferences.js';
import { attributesOf, type ConsentDetail } from '../consents/detail.js';
import type { Preference } from '../preferences/preference.js';
import { type Rendered, render, renderedFormats } from '../preferences/rendering.js';
import { isSpecial } from '../vocabulary/attribute.js';
import { stages } from '../vocabulary/code-lists.js';
import { view } from './view.js';

const AT = new Date('2026-11-21T09:30:00Z');
const paths = vocabulary.attributes().map(({ path }) => path);

function givenLine(members: { type: string; attributes: string[]; touchpoints: string[] }): ConsentDetail {
  return {
    ...members,
    id: 'line',
    purposes: ['dpv:ServicePersonalisation'],
    stages: [...stages],
    delivery: ['live'],
    retention: 'P30D',
    expires_at: '2027-01-01T00:00:00.000Z',
  } as unknown as ConsentDetail;
}

function stated(preference: Rendered['preferences'][number], id: string): Preference {
  return {
    ...preference,
    id,
    applies_to: { level: 'everyone' },
    provenance: { kind: 'stated', source: 'customer', at: AT.toISOString() },
    status: 'active',
    version: 1,
    recorded_at: AT.toISOString(),
    updated_at: AT.toISOString(),
  };
}

/** A profile in which all of these hold. */
const profile: fc.Arbitrary<Preference[]> = effectivePreferences.map((all) =>
  all.map((preference, index) => stated(preference, `preference ${index}`)),
);

/** Lines of both types over any attributes: a line of the wrong type gives nothing special, nor a special one others. */
const details: fc.Arbitrary<ConsentDetail[]> = fc.array(
  fc
    .record({
      type: fc.constantFrom('ccx_preferences', 'ccx_preferences', 'ccx_preferences_special'),
      attributes: fc.subarray(paths),
      touchpoints: fc.subarray(['till', 'web'], { minLength: 1 }),
    })
    .map(givenLine),
  { maxLength: 3 },
);

/** What a retailer gets at a touchpoint, in every format. */
function read(all: readonly Preference[], lines: readonly ConsentDetail[], touchpoint: 'till' | 'web') {
  const asked = { purpose: 'dpv:ServicePersonalisation', touchpoint, stage: 'shopping', delivery: 'live' as const };
  const question = { retailer: null, sectors: [], touchpoint, stage: 'shopping', place: null, occasion: null, at: AT };
  const permission = { details: lines, touchpoints: ['till', 'web'], menu: {}, withheld: [] };
  const seen = view(documentsOf(all), vocabulary, permission, asked, question);
  const rendered = renderedFormats.map((format) =>
    render(format, { preferences: seen.preferences, at: AT, source: 'https://ccx.example' }),
  );
  return { seen, rendered };
}

const runs = { numRuns: 2_000 };

describe('what a retailer is answered in the words of others', () => {
  it('does not depend on anything that it may not see', () => {
    fc.assert(
      fc.property(profile, details, fc.constantFrom('till', 'web'), (all, lines, touchpoint) => {
        const { seen, rendered } = read(all, lines, touchpoint);
        const shared = all.filter(({ attribute }) => seen.attributes.includes(attribute));
        expect(read(shared, lines, touchpoint).rendered).toEqual(rendered);
      }),
      runs,
    );
  });

  it('holds nothing special that was not consented to', () => {
    fc.assert(
      fc.property(profile, details, fc.constantFrom('till', 'web'), (all, lines, touchpoint) => {
        const { rendered } = read(all, lines, touchpoint);
        const consented = lines.filter(({ type }) => type === 'ccx_preferences_special').flatMap(namesIn);
        const withheld = vocabulary.attributes().filter((one) => isSpecial(one) && !consented.includes(one.path));
        const without = all.filter(({ attribute }) => !withheld.some(({ path }) => path === attribute));
        expect(read(without, lines, touchpoint).rendered).toEqual(rendered);
        if (!consented.includes('food.diet')) expect(JSON.stringify(rendered)).not.toMatch(/Diet/);
        if (!consented.includes('accessibility.display')) expect(JSON.stringify(rendered)).not.toMatch(/accessib/);
        expect(JSON.stringify(rendered)).not.toMatch(/allergen|lowest_price/);
      }),
      runs,
    );
  });

  it('is not empty of what was consented to', () => {
    const given = givenLine({ type: 'ccx_preferences', attributes: ['contact.marketing'], touchpoints: ['web'] });
    const said = { attribute: 'contact.marketing', key: null, value: { email: true }, strength: 'must' } as const;
    const { rendered } = read([stated(said, 'the one')], [given], 'web');
    expect(JSON.stringify(rendered)).toMatch(/OptIn/);
  });
});

function namesIn(line: ConsentDetail): readonly string[] {
  return attributesOf([line]);
}

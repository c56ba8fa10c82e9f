import { vocabulary } from '../../test/support/arbitrary-preferences.js';
import { type Touchpoint, touchpoints } from '../vocabulary/code-lists.js';
import type { MenuAttributes } from './menu.js';
import { isInView } from './touchpoint-view.js';

const inView = (touchpoint: Touchpoint, menu: MenuAttributes = {}) =>
  vocabulary
    .attributes()
    .filter((attribute) => isInView(attribute, touchpoint, menu))
    .map(({ path }) => path);
const allowedAt = (touchpoint: Touchpoint) =>
  vocabulary
    .attributes()
    .filter((attribute) => attribute.touchpoints.includes(touchpoint))
    .map(({ path }) => path);
const categoriesAt = (touchpoint: Touchpoint) => [
  ...new Set(inView(touchpoint).map((path) => path.slice(0, path.indexOf('.')))),
];

describe('the view of a touchpoint for which nothing is published', () => {
  it.each<[Touchpoint, string[]]>([
    ['till', ['language', 'loyalty', 'receipt', 'returns']],
    ['kiosk', ['accessibility', 'language', 'size']],
    ['call_centre', ['contact', 'fulfilment', 'language', 'returns']],
    ['email', ['contact', 'language', 'recommendations']],
    ['dressing_room', ['size']],
    ['pickup', ['fulfilment', 'language', 'receipt']],
    ['gift_registry', ['brand', 'category', 'fulfilment', 'language', 'size']],
    ['survey', ['contact', 'language']],
    ['returns', ['language', 'receipt', 'returns']],
  ])('is at %s what it usually needs: %j', (touchpoint, categories) => {
    expect(categoriesAt(touchpoint).toSorted()).toEqual(categories);
  });

  it.each<Touchpoint>(['web', 'app'])('is all that may be given at %s', (touchpoint) => {
    expect(inView(touchpoint)).toEqual(allowedAt(touchpoint));
  });

  it.each<Touchpoint>(['beacon', 'social'])('is at %s what says whether one may be addressed', (touchpoint) => {
    expect(inView(touchpoint)).toEqual(['contact.marketing']);
  });
});

describe('the view of a touchpoint for which something is published', () => {
  it('is that, and nothing of the default', () => {
    expect(inView('till', { till: ['size.footwear'] })).toEqual(['size.footwear']);
    expect(inView('till', { till: [] })).toEqual([]);
    expect(inView('till', { kiosk: [] })).toEqual(inView('till'));
  });

  it.each(touchpoints)('has at %s nothing that is never given there', (touchpoint) => {
    const all = vocabulary.attributes().map(({ path }) => path);
    const published = inView(touchpoint, { [touchpoint]: all });
    expect(allowedAt(touchpoint)).toEqual(expect.arrayContaining(published));
    if (touchpoint === 'beacon' || touchpoint === 'social') expect(published).toEqual(['contact.marketing']);
  });
});

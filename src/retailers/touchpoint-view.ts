import type { Attribute } from '../vocabulary/attribute.js';
import type { Touchpoint } from '../vocabulary/code-lists.js';
import type { MenuAttributes } from './menu.js';

/** The one attribute that beacons and social media learn of, and that as a yes or a no. */
export const ADDRESSING = 'contact.marketing';

/** Where nothing but “may you address me now” is answered, and the member of the attribute that says it. */
const addressing = { beacon: 'in_person', social: 'social' } as const satisfies Partial<Record<Touchpoint, string>>;

/**
 * What each touchpoint needs to do its work, by category, where the retailer has published nothing for it. The website
 * and the app, where customers serve themselves, may have whatever the attributes allow.
 */
const defaultViews: Readonly<Record<Touchpoint, readonly string[] | 'everything'>> = {
  till: ['language', 'loyalty', 'receipt', 'returns'],
  kiosk: ['accessibility', 'language', 'size'],
  call_centre: ['contact', 'fulfilment', 'language', 'returns'],
  web: 'everything',
  app: 'everything',
  email: ['contact', 'language', 'recommendations'],
  dressing_room: ['size'],
  pickup: ['fulfilment', 'language', 'receipt'],
  gift_registry: ['brand', 'category', 'fulfilment', 'language', 'size'],
  survey: ['contact', 'language'],
  social: ['contact'],
  beacon: ['contact'],
  returns: ['language', 'receipt', 'returns'],
};

/** Of which member of `contact.marketing` the touchpoint learns, as a yes or a no; null where it gets preferences. */
export function addressedBy(touchpoint: string): 'in_person' | 'social' | null {
  return isAddressing(touchpoint) ? addressing[touchpoint] : null;
}

/**
 * Whether the view of a touchpoint has room for an attribute, by the retailer's menu or, where it has published none
 * for this touchpoint, by default. Neither reaches further than the attribute itself allows.
 */
export function isInView(attribute: Attribute, touchpoint: string, menu: MenuAttributes): boolean {
  const place = attribute.touchpoints.find((allowed) => allowed === touchpoint);
  if (!place || (isAddressing(place) && attribute.path !== ADDRESSING)) return false;
  const published = menu[place];
  if (published) return published.includes(attribute.path);
  const byDefault = defaultViews[place];
  return byDefault === 'everything' || byDefault.includes(attribute.category);
}

function isAddressing(touchpoint: string): touchpoint is keyof typeof addressing {
  return Object.hasOwn(addressing, touchpoint);
}

import { websiteKey } from '../retailers/retailers.queries.js';
import type { RetailersService } from '../retailers/retailers.service.js';
import type { RetailerReference } from './statements.js';

/** Finds here the retailers that another broker names; undefined where none is, or more than one could be meant. */
export type RetailerFinder = (retailer: RetailerReference) => string | undefined;

/**
 * @param given Ids of retailers here by website, as the customer says; they come before what is found.
 */
export async function retailerFinder(
  retailers: RetailersService,
  named: readonly RetailerReference[],
  given: ReadonlyMap<string, string>,
): Promise<RetailerFinder> {
  const known = await retailers.ofWebsites(named.map(({ website }) => website));
  return ({ website, name }) => {
    const key = websiteKey(website);
    const chosen = given.get(key);
    if (chosen) return chosen;
    // Several may share a website, such as the banners of one group: then the name decides.
    const there = known.filter((retailer) => websiteKey(retailer.website) === key);
    const [only, another] = there.length > 1 ? there.filter((retailer) => retailer.name === name) : there;
    return another ? undefined : only?.id;
  };
}

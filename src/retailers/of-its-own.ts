import { ForbiddenError } from '../platform/errors.js';
import type { RetailerPrincipal } from '../platform/http/access.js';

/** What a retailer says of itself has nothing to do with any customer, and takes no customer's token. */
export function ofItsOwn(caller: RetailerPrincipal): RetailerPrincipal {
  if (caller.consent) throw new ForbiddenError('This takes the client’s own token.');
  return caller;
}

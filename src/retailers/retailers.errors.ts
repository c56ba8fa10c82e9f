import { CcxError, Problem } from '../platform/errors.js';
import type { RetailerStatus } from './retailer.entity.js';

@Problem({
  code: 'retailer-not-found',
  kind: 'not-found',
  title: 'No such retailer',
  advice: 'Check the id; GET /v1/retailers lists the retailers that are active.',
})
export class RetailerNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no retailer ${id}.`);
  }
}

@Problem({
  code: 'retailer-suspended',
  kind: 'forbidden',
  title: 'The retailer or its client is not active',
  advice: 'Ask the operator of this service why, and to reinstate it. Consents are kept meanwhile.',
})
export class RetailerSuspendedError extends CcxError {
  constructor() {
    super('This retailer, or the client that it uses, is not active at the moment.');
  }
}

@Problem({
  code: 'retailer-state',
  kind: 'conflict',
  title: 'The retailer’s state does not allow this',
  advice: 'Look at `status`: a suspended retailer is reinstated before anything else is done to it.',
})
export class RetailerStateError extends CcxError {
  constructor(id: string, status: RetailerStatus) {
    super(`Retailer ${id} is ${status}.`, { extensions: { status } });
  }
}

@Problem({
  code: 'client-not-found',
  kind: 'not-found',
  title: 'No such client',
  advice: 'Check the client id and that it belongs to the retailer named in the address.',
})
export class ClientNotFoundError extends CcxError {
  constructor(clientId: string) {
    super(`There is no client ${clientId}.`);
  }
}

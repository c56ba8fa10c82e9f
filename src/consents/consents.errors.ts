import { CcxError, type FieldError, Problem } from '../platform/errors.js';

/** No such consent, or it belongs to someone else: the two look the same from outside. */
@Problem({
  code: 'consent-not-found',
  kind: 'not-found',
  title: 'No such consent',
  advice: 'Check the id; the list of consents names those that are yours.',
})
export class ConsentNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no consent ${id}.`);
  }
}

/** No such request, or it belongs to someone else: the two look the same from outside. */
@Problem({
  code: 'consent-request-not-found',
  kind: 'not-found',
  title: 'No such consent request',
  advice: 'Check the id; the list of consent requests names those that are yours.',
})
export class ConsentRequestNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no consent request ${id}.`);
  }
}

@Problem({
  code: 'consent-paused',
  kind: 'forbidden',
  title: 'The customer has paused the consent',
  advice: 'Serve the customer without CCX until they resume it. Tokens stay valid meanwhile.',
  retryable: true,
})
export class ConsentPausedError extends CcxError {
  constructor() {
    super('The customer has paused this consent.');
  }
}

/** What exactly of a request no line of the consent covers; a member is there only when it is what is outside. */
export interface Outside {
  attributes?: readonly string[];
  event_types?: readonly string[];
  purpose?: string;
  touchpoint?: string;
  stage?: string;
  delivery?: string;
}

@Problem({
  code: 'outside-consent',
  kind: 'forbidden',
  title: 'The customer has not consented to this',
  advice: 'Ask for less: `outside` names what the consent does not cover. Or request a wider consent.',
})
export class OutsideConsentError extends CcxError {
  constructor(outside: Outside) {
    super(`The consent does not cover ${describe(outside)}.`, { extensions: { outside } });
  }
}

function describe({ attributes = [], event_types = [], purpose, touchpoint, stage, delivery }: Outside): string {
  const parts = [
    ...attributes,
    ...event_types,
    purpose && `the purpose ${purpose}`,
    touchpoint && `the touchpoint ${touchpoint}`,
    stage && `the stage ${stage}`,
    delivery && `${delivery} delivery`,
  ];
  return parts.filter(Boolean).join(', ') || 'this combination';
}

@Problem({
  code: 'request-decided',
  kind: 'conflict',
  title: 'The request has been decided already',
  advice: '`request_status` says how it was decided, `consent_id` what it led to. To end a consent, withdraw it.',
})
export class RequestDecidedError extends CcxError {
  constructor({ id, status, consentId }: { id: string; status: string; consentId: string | null }) {
    super(`The consent request ${id} is ${status}.`, {
      // `status` is the HTTP status in a problem (RFC 9457 §3.1.2).
      extensions: { request_status: status, consent_id: consentId },
    });
  }
}

@Problem({
  code: 'request-lapsed',
  kind: 'conflict',
  title: 'The request has lapsed',
  advice: 'Nobody decided it in time, so nothing was shared. The retailer may ask again.',
})
export class RequestLapsedError extends CcxError {
  constructor({ id, expiresAt }: { id: string; expiresAt: Date }) {
    super(`The consent request ${id} lapsed at ${expiresAt.toISOString()}.`);
  }
}

@Problem({
  code: 'nothing-kept',
  kind: 'unprocessable',
  title: 'Nothing of the request was kept',
  advice: 'Keep at least one attribute or event type, or refuse the request.',
})
export class NothingKeptError extends CcxError {
  constructor() {
    super('Every item of the request was unticked. Refusing says the same, and says it plainly.');
  }
}

@Problem({
  code: 'invalid-authorization-details',
  kind: 'invalid',
  title: 'The authorization details are not valid',
  advice: 'Correct what `errors` names. The guide for retailers shows each type of detail with an example.',
})
export class InvalidAuthorizationDetailsError extends CcxError {
  constructor(errors: readonly FieldError[]) {
    super(
      `The authorization details have faults: ${errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ')}.`,
      { errors },
    );
  }
}

@Problem({
  code: 'special-attributes',
  kind: 'invalid',
  title: 'Special attributes cannot be asked for in this way',
  advice:
    'Leave out the attributes named in `attributes`: what tells of health or belief is never part of a bundle of ' +
    'preferences, and no category brings it along.',
})
export class SpecialAttributesError extends CcxError {
  constructor(attributes: readonly string[], errors: readonly FieldError[]) {
    super(`Special attributes cannot be asked for in this way: ${attributes.join(', ')}.`, {
      errors,
      extensions: { attributes },
    });
  }
}

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

/** No such notice, or it was shown to someone else, or for someone else's consent: they look the same from outside. */
@Problem({
  code: 'notice-not-found',
  kind: 'not-found',
  title: 'No such notice',
  advice: 'Take the hash from a receipt, in lower-case hexadecimal.',
})
export class NoticeNotFoundError extends CcxError {
  constructor(hash: string) {
    super(`There is no notice with the hash ${hash}.`);
  }
}

/** No such receipt, or it is someone else's: the two look the same from outside. */
@Problem({
  code: 'receipt-not-found',
  kind: 'not-found',
  title: 'No such receipt',
  advice: 'Check the id: it is the `receipt_id` inside, and the lists of receipts name those that are yours.',
})
export class ReceiptNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no receipt ${id}.`);
  }
}

/** Unknown, malformed, another retailer's, ended or never given: all of these look the same from outside. */
@Problem({
  code: 'no-consent',
  kind: 'forbidden',
  title: 'There is no open consent of this subject',
  advice:
    'Ask the customer for consent. Whether the subject is unknown or its consent has ended is not told apart; stop ' +
    'using what was read of it.',
})
export class NoConsentError extends CcxError {
  constructor() {
    super('There is no open consent of this subject for this retailer.');
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

@Problem({
  code: 'consent-state',
  kind: 'conflict',
  title: 'The consent has ended',
  advice: '`consent_status` says how. What has ended stays so; the retailer may ask again.',
})
export class ConsentStateError extends CcxError {
  constructor({ id, status }: { id: string; status: string }) {
    super(`The consent ${id} is ${status}.`, { extensions: { consent_status: status } });
  }
}

/** A one-time consent, or one of what is special alone. */
@Problem({
  code: 'not-renewable',
  kind: 'conflict',
  title: 'This consent cannot be renewed',
  advice: 'One-time consents and what is special have to be asked for again by the retailer.',
})
export class NotRenewableError extends CcxError {
  constructor(id: string) {
    super(`Nothing of the consent ${id} can be made to hold for longer without being asked for again.`);
  }
}

@Problem({
  code: 'notice-outdated',
  kind: 'conflict',
  title: 'What was shown is no longer so',
  advice: 'Show the customer how it is now, and let them decide on that.',
})
export class NoticeOutdatedError extends CcxError {
  constructor() {
    super('The consent has changed since the customer was shown it.');
  }
}

/** No such rule, or it belongs to someone else: the two look the same from outside. */
@Problem({
  code: 'consent-rule-not-found',
  kind: 'not-found',
  title: 'No such rule',
  advice: 'Check the id; the list of rules names those that are yours.',
})
export class RuleNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no rule ${id}.`);
  }
}

@Problem({
  code: 'too-many-consent-rules',
  kind: 'conflict',
  title: 'There are too many rules',
  advice: 'Remove or change a rule that you no longer need; `limit` is the most that there may be.',
})
export class TooManyRulesError extends CcxError {
  constructor(limit: number) {
    super(`There may be ${limit} rules at most.`, { extensions: { limit } });
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
  advice:
    'Ask for less: `outside` names what the consent does not cover, or the touchpoint that your client does not serve. ' +
    'Or request a wider consent.',
})
export class OutsideConsentError extends CcxError {
  constructor(outside: Outside, detail = `The consent does not cover ${describe(outside)}.`) {
    super(detail, { extensions: { outside } });
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
  return parts.filter(Boolean).join(', ') || 'this purpose, touchpoint and stage together, in one line';
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
  code: 'pre-approval-pending',
  kind: 'conflict',
  title: 'Something is approved for this retailer already',
  advice:
    'Let the retailer ask first, or call off what is approved by refusing the request named in `request_id`; then try ' +
    'again.',
})
export class PreApprovalPendingError extends CcxError {
  constructor(id: string) {
    super(`The request ${id} is approved beforehand, and the retailer has not asked yet.`, {
      extensions: { request_id: id },
    });
  }
}

@Problem({
  code: 'nothing-kept',
  kind: 'unprocessable',
  title: 'Nothing was kept',
  advice: 'Keep at least one attribute or event type; or refuse the request, or withdraw the consent.',
})
export class NothingKeptError extends CcxError {
  constructor() {
    super('Every item was unticked. Refusing or withdrawing says the same, and says it plainly.');
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
    'Ask for each of the attributes named in `attributes` in a detail of type `ccx_preferences_special` of its own, for ' +
    'one purpose: what tells of health or belief is never part of a bundle of preferences, and no category brings it ' +
    'along.',
})
export class SpecialAttributesError extends CcxError {
  constructor(attributes: readonly string[], errors: readonly FieldError[]) {
    super(`${attributes.join(', ')}: to be asked for in details of type ccx_preferences_special, each by itself.`, {
      errors,
      extensions: { attributes },
    });
  }
}

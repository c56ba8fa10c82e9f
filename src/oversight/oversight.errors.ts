import { CcxError, Problem } from '../platform/errors.js';

@Problem({
  code: 'entry-not-found',
  kind: 'not-found',
  title: 'No such audit entry',
  advice: 'Check the index. An entry outside the period, retailers or purposes of your engagement is not found either.',
})
export class EntryNotFoundError extends CcxError {
  constructor(index: number) {
    super(`There is no entry ${index} within this engagement.`);
  }
}

@Problem({
  code: 'no-engagement',
  kind: 'forbidden',
  title: 'No engagement is under way',
  advice: 'An auditor reads the log within an engagement. Ask an operator to invite you to one that covers today.',
})
export class NoEngagementError extends CcxError {
  constructor() {
    super('There is no engagement under way for this account.');
  }
}

/** Never was one, is gone with its customer, or lies outside the engagement: they look the same. */
@Problem({
  code: 'audited-consent-not-found',
  kind: 'not-found',
  title: 'No such consent within the engagement',
  advice:
    'Take `ref` from GET /v1/audit/consents or from an entry of your own engagement: another engagement has others. ' +
    'The consents of an erased customer are gone; their entries stay.',
})
export class AuditedConsentNotFoundError extends CcxError {
  constructor(ref: string) {
    super(`There is no consent ${ref} within this engagement.`);
  }
}

@Problem({
  code: 'audited-notice-not-found',
  kind: 'not-found',
  title: 'No such notice within the engagement',
  advice: 'Take the hash from `data.notice` of an entry, or from a consent, of your engagement.',
})
export class AuditedNoticeNotFoundError extends CcxError {
  constructor(hash: string) {
    super(`There is no notice ${hash} within this engagement.`);
  }
}

/** Unknown to the engagement, or erased: they look the same. */
@Problem({
  code: 'subject-not-found',
  kind: 'not-found',
  title: 'No such customer within the engagement',
  advice: 'Take `subject` from an entry of your own engagement. Nobody can say any more who an erased customer was.',
})
export class SubjectNotFoundError extends CcxError {
  constructor(subject: string) {
    super(`There is nobody called ${subject} within this engagement.`);
  }
}

@Problem({
  code: 'reidentification-not-found',
  kind: 'not-found',
  title: 'No such re-identification',
  advice: 'Check the id. Auditors see those that they asked for; once the customer is erased it is gone.',
})
export class ReidentificationNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no re-identification ${id}.`);
  }
}

@Problem({
  code: 'reidentification-decided',
  kind: 'conflict',
  title: 'The re-identification has been decided, or its time is up',
  advice: 'A request is decided once, within seven days. The auditor may ask again, with a reason.',
})
export class ReidentificationDecidedError extends CcxError {
  constructor(status: string) {
    super(`It is ${status} already.`);
  }
}

@Problem({
  code: 'reidentification-by-one-person',
  kind: 'forbidden',
  title: 'The re-identification takes another operator',
  advice:
    'Whoever invited the auditor, or had their sign-in reset, could be the auditor. Let an operator decide who did ' +
    'neither, and who was not let in by the same operator.',
})
export class ReidentificationByOnePersonError extends CcxError {
  constructor() {
    super('The operator and the auditor may be one person: one of them let the other in, or somebody let in both.');
  }
}

@Problem({
  code: 'segment-not-found',
  kind: 'not-found',
  title: 'No such segment within the engagement',
  advice: 'Take the id from GET /v1/audit/disclosure-segments, which lists those of days within your engagement.',
})
export class SegmentNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no segment ${id} within this engagement.`);
  }
}

import type { ReportConsent } from '../consents/consents.queries.js';
import type { InteractionsDetail } from '../consents/detail.js';
import { CcxError, problemOf } from '../platform/errors.js';
import { admit } from './admission.js';

const at = (day: string) => new Date(`${day}T12:00:00Z`);
const line: InteractionsDetail = {
  id: 'reports',
  type: 'ccx_interactions',
  event_types: ['transaction.completed'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till'],
  since: '2026-01-01T00:00:00.000Z',
  late_reporting: 'P3D',
  expires_at: '2026-12-31T00:00:00.000Z',
};
const active: ReportConsent = {
  id: 'b',
  version: 1,
  details: [line],
  status: 'active',
  endedAt: null,
  reportedData: null,
};
const withdrawn: ReportConsent = {
  ...active,
  id: 'a',
  status: 'withdrawn',
  endedAt: at('2026-03-01'),
  reportedData: 'keep',
};

const sale = { eventType: 'transaction.completed', touchpoint: 'till' };
const admitted = (consents: ReportConsent[], occurred: string, arrived: string, event = sale) => {
  const answer = admit({ ...event, occurredAt: at(occurred), arrivedAt: at(arrived) }, consents);
  return answer instanceof CcxError ? problemOf(answer).code : answer.id;
};

describe('an event', () => {
  it('is let in by the consent under which it happened', () => {
    expect(admitted([active], '2026-05-01', '2026-05-02')).toBe('b');
    expect(admitted([active, withdrawn], '2026-02-01', '2026-03-02')).toBe('b');
  });

  it('is let in for a while after the consent has ended', () => {
    expect(admitted([withdrawn], '2026-02-28', '2026-03-03')).toBe('a');
    expect(admitted([withdrawn], '2026-02-28', '2026-03-05')).toBe('consent-withdrawn');
  });

  it('is refused at once when the customer wants what was reported deleted', () => {
    expect(admitted([{ ...withdrawn, reportedData: 'delete' }], '2026-02-28', '2026-03-01')).toBe('consent-withdrawn');
  });

  it('is refused while the consent is paused', () => {
    expect(admitted([{ ...active, status: 'paused' }], '2026-05-01', '2026-05-01')).toBe('consent-paused');
  });

  it('is refused from before the consent reaches back', () => {
    expect(admitted([active], '2025-12-31', '2026-05-01')).toBe('no-consent-at-time');
  });

  it('is refused at another touchpoint and of another type', () => {
    expect(admitted([active], '2026-05-01', '2026-05-01', { ...sale, touchpoint: 'web' })).toBe('outside-consent');
    expect(admitted([active], '2026-05-01', '2026-05-01', { ...sale, eventType: 'loyalty.enrolled' })).toBe(
      'outside-consent',
    );
  });

  it('of a stranger is refused like one without consent at the time', () => {
    expect(admitted([], '2026-05-01', '2026-05-01')).toBe('no-consent-at-time');
  });

  it('that voids another needs no line of its own', () => {
    expect(admitted([active], '2026-05-01', '2026-05-01', { ...sale, eventType: 'event.voided' })).toBe('b');
  });
});

import { setTimeout as delay } from 'node:timers/promises';

import { codeAt, secretOf } from '../../staff/totp.js';
import type { Caller } from '../api/http-api.js';
import type { Customer, Grocer } from './cast.js';
import type { Stage } from './stage.js';

interface Entries {
  readonly items: readonly { index: number; type: string; subject: string | null; intact: boolean | null }[];
}

/** Entries are numbered in the background, a moment after what they are about. */
const PATIENCE_MS = 15_000;
const POLL_MS = 250;

/** Somebody from outside reads the log. */
export async function audit(stage: Stage, invitation: string, mira: Customer, albatross: Grocer): Promise<void> {
  stage.chapter('An auditor reads the log');
  const api = await join(stage, invitation);

  stage.says('The auditor looks at all that concerns Albatross.');
  const { items } = await untilNumbered(
    stage,
    api,
    `/v1/audit/entries?limit=200&retailer_id=${albatross.id}`,
    'consent.withdrawn',
  );
  const types = new Set(items.map(({ type }) => type));
  const expected = [
    'consent-request.opened',
    'consent.given',
    'disclosure.refused',
    'interactions.reported',
    'consent.withdrawn',
  ];
  stage.check(
    'asking, giving, refusing, reporting and ending are there',
    expected.filter((type) => !types.has(type)),
    [],
  );
  stage.check(
    'each is what the log committed to',
    items.every(({ intact }) => intact === true),
    true,
  );
  const subjects = new Set(items.flatMap(({ subject }) => subject ?? []));
  stage.check('they are about one person', subjects.size, 1);
  stage.check('who is not named', JSON.stringify(items).includes(mira.email), false);

  stage.says('And at the disclosures, which are recorded by the batch.');
  const path = '/v1/audit/entries?limit=5&type=disclosures.recorded';
  const disclosures = await untilNumbered(stage, api, path, 'disclosures.recorded');
  stage.check('they are there, too', disclosures.items.length > 0, true);
}

async function join(stage: Stage, token: string): Promise<Caller> {
  stage.says('The auditor accepts the invitation, and adds the secret to an authenticator app.');
  const anybody = stage.caller('Auditor');
  const password = `every entry, twice over, ${stage.run}`;
  type Accepted = { enrolment: { token: string; totp: { secret: string } } };
  const { enrolment } = await stage.expect<Accepted>(anybody, 201, {
    method: 'POST',
    path: '/v1/staff/invitations/accept',
    body: { token, password },
  });
  stage.says('The first code of the app completes it.');
  const code = codeAt(secretOf(enrolment.totp.secret), new Date());
  const session = await stage.expect<{ token: string }>(anybody, 201, {
    method: 'POST',
    path: '/v1/staff/enrolments/confirm',
    body: { enrolment_token: enrolment.token, code },
  });
  return stage.caller('Auditor', session.token);
}

async function untilNumbered(stage: Stage, api: Caller, path: string, type: string): Promise<Entries> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const entries = await stage.expect<Entries>(api, 200, { method: 'GET', path });
    if (entries.items.some((entry) => entry.type === type) || Date.now() > deadline) return entries;
    await delay(POLL_MS);
  }
}

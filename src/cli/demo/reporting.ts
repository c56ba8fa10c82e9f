import { cloudEventType } from '../../interactions/event-types.js';
import type { Caller } from '../api/http-api.js';
import type { Connection, Grocer } from './cast.js';
import type { Stage } from './stage.js';

interface Report {
  readonly results: readonly { id: string; outcome: string; errors?: { pointer: string }[] }[];
}

const DAY_MS = 86_400_000;
const BATCH = 'application/cloudevents-batch+json';

/** Both grocers report what happened. */
export async function reportInteractions(
  stage: Stage,
  albatross: Connection,
  thistle: Grocer,
  subject: string,
): Promise<void> {
  stage.chapter('The loop closes: retailers report what happened');
  stage.says('Albatross reports three sales in one batch; the second has a currency that there is not.');
  const sales = ['1001', '1002', '1003'].map((id) => sale(id, 'till', id === '1002' ? 'XXX' : 'GBP'));
  const report = await send(stage, albatross.api, sales);
  stage.check('the good ones are stored', outcomesOf(report), ['stored', 'rejected', 'stored']);
  stage.check('the bad one is told what is wrong', report.results[1]?.errors?.[0]?.pointer, '/data/currency');

  stage.says('The answer got lost, so Albatross sends the batch again.');
  const again = await send(stage, albatross.api, sales);
  stage.check('nothing is stored twice', outcomesOf(again), ['duplicate', 'rejected', 'duplicate']);

  stage.says('Thistle reports an order of last month, its cancellation, and one from before its consent reaches back.');
  const history = [
    { ...sale('T-7', 'web', 'GBP', 30 * DAY_MS), subject },
    { ...sale('T-8', 'web', 'GBP', 29 * DAY_MS), subject, type: cloudEventType('event.voided'), data: { id: 'T-7' } },
    { ...sale('T-1', 'web', 'GBP', 120 * DAY_MS), subject },
  ];
  const results = await send(stage, thistle.own, history);
  stage.check('only what the consent reaches is stored', outcomesOf(results), ['stored', 'stored', 'rejected']);
}

function send(stage: Stage, api: Caller, events: readonly object[]): Promise<Report> {
  return stage.expect<Report>(api, 200, {
    method: 'POST',
    path: '/v1/interactions',
    headers: { 'content-type': BATCH },
    body: events,
  });
}

function sale(id: string, touchpoint: string, currency: string, age = 0): object {
  return {
    specversion: '1.0',
    id,
    source: '/sales',
    type: cloudEventType('transaction.completed'),
    time: new Date(Date.now() - age).toISOString(),
    ccxtouchpoint: touchpoint,
    data: {
      currency,
      total: 510,
      lines: [{ product: { scheme: 'gtin', code: '05449000000996' }, quantity: '2', unit_price: 255 }],
    },
  };
}

function outcomesOf({ results }: Report): string[] {
  return results.map(({ outcome }) => outcome);
}

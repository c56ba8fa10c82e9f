// Callers who do not adapt, and a caller who does not mind them: for benches of overload, each in a process of its own.
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

import { Connection, requestOf } from './load.mjs';
import { quantiles } from './measures.mjs';
import { answering } from './process.mjs';

const PATH = '/v1/preferences?purpose=dpv:ServicePersonalisation&touchpoint=web&stage=shopping';
const DUE_EVERY_MS = 5;
const AGAIN_AFTER_MS = 100;

export const readsOf = (tokens) =>
  tokens.map((token) => requestOf(`GET ${PATH}`, { authorization: `Bearer ${token}` }));

const headOf = (answer) => answer.latin1Slice(0, answer.indexOf('\r\n\r\n'));
const statusOf = (answer) => Number(answer.latin1Slice(9, 12));

/** Whether a refusal tells its caller what it is and when to come again. */
function isClean(answer) {
  const head = headOf(answer);
  return /\r\ncontent-type: *application\/problem\+json/i.test(head) && /\r\nretry-after: *\d+/i.test(head);
}

/**
 * Requests that arrive at a rate, whether or not those before them have been answered; what takes no answer yet holds up
 * nothing but its connection. Latency counts from when a request was due.
 *
 * @param {{port: number, tokens: string[], perSecond: number, connections: number, seconds: number, addresses?: string[]}} order
 */
async function arrivals({ port, tokens, perSecond, connections, seconds, addresses = ['127.0.0.1'] }) {
  const requests = readsOf(tokens);
  const found = { offered: 0, sent: 0, statuses: {}, unclean: 0, closed: 0, ms: [] };
  const idle = [];
  const open = new Set();
  let ends = false;

  const take = (connection, answer) => {
    if (connection.dueAt === undefined) return; // nothing was asked: it is told that it has been idle for too long
    const status = statusOf(answer);
    found.statuses[status] = (found.statuses[status] ?? 0) + 1;
    if (status === 200) found.ms.push(performance.now() - connection.dueAt);
    else if (!isClean(answer)) found.unclean++;
    connection.dueAt = undefined;
    idle.push(connection);
  };
  const begin = (place) => {
    const connection = new Connection(port, take, addresses[place % addresses.length]);
    open.add(connection);
    connection.socket.once('connect', () => idle.push(connection)).once('error', () => undefined);
    connection.socket.once('close', () => {
      open.delete(connection);
      if (ends) return;
      found.closed++;
      const at = idle.indexOf(connection);
      if (at >= 0) idle.splice(at, 1);
      setTimeout(() => ends || begin(place), AGAIN_AFTER_MS);
    });
  };
  for (let place = 0; place < connections; place++) begin(place);

  const startedAt = performance.now();
  await new Promise((resolve) => {
    const timer = setInterval(() => {
      const now = performance.now();
      const due = Math.floor(((now - startedAt) / 1_000) * perSecond);
      for (; found.offered < due; found.offered++) {
        const connection = idle.pop();
        if (!connection) continue; // it would have to wait at the caller's own door
        connection.dueAt = startedAt + (found.offered * 1_000) / perSecond;
        connection.send(requests[found.sent++ % requests.length]);
      }
      if (now - startedAt < seconds * 1_000) return;
      clearInterval(timer);
      resolve();
    }, DUE_EVERY_MS);
  });
  ends = true;
  const underWay = open.size - idle.length;
  for (const { socket } of open) socket.destroy();
  const { ms, ...counts } = found;
  return { ...counts, underWay, answered: ms.length, ...quantiles(ms) };
}

/** Reads one after the other, over new connections, until one is answered 200 in time; answers how long that took. */
async function recovery({ port, tokens, within }) {
  const [request] = readsOf(tokens);
  const startedAt = performance.now();
  for (;;) {
    const sentAt = performance.now();
    const status = await new Promise((resolve) => {
      const connection = new Connection(port, (_, answer) => resolve(statusOf(answer)));
      connection.socket.once('connect', () => connection.send(request)).once('error', () => resolve(0));
    });
    const now = performance.now();
    if (status === 200 && now - sentAt <= within) return (now - startedAt) / 1_000;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.send) {
  answering({
    // On one machine, who floods takes the processors that the flooded needs; of other machines nobody would.
    yields: () => setPriority(19),
    arrivals,
    recovery,
  });
}

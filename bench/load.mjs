// Callers: so many connections, each of which sends its next request when the last one is answered. A client that is
// made for nothing else, since on a machine with few processors its work is taken from those whose work is measured.
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';

import { quantiles } from './measures.mjs';
import { answering } from './process.mjs';

const END_OF_HEAD = Buffer.from('\r\n\r\n');

/**
 * A request as it goes over the wire.
 *
 * @param {string} line such as `GET /v1/preferences`
 * @param {Record<string, string>} headers
 * @param {string} [body]
 */
export function requestOf(line, headers, body) {
  const all = {
    host: '127.0.0.1',
    ...headers,
    ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${line} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`);
}

/** A connection that stays open. It has one request under way at most. */
export class Connection {
  #chunks = [];
  #left = 0;

  constructor(port, onAnswer, localAddress) {
    this.socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
    this.socket.on('data', (bytes) => this.#take(bytes));
    this.onAnswer = onAnswer;
  }

  send(request) {
    this.startedAt = performance.now();
    this.socket.write(request);
  }

  #take(bytes) {
    this.#chunks.push(bytes);
    if (this.#left > 0) this.#left -= bytes.length;
    else {
      const head = this.#chunks.length === 1 ? bytes : Buffer.concat(this.#chunks);
      const end = head.indexOf(END_OF_HEAD);
      if (end < 0) return;
      this.length = lengthOf(head.latin1Slice(0, end));
      this.#left = end + END_OF_HEAD.length + this.length - head.length;
    }
    if (this.#left > 0) return;
    const [first, ...others] = this.#chunks.splice(0);
    this.onAnswer(this, others.length === 0 ? first : Buffer.concat([first, ...others]));
  }
}

function lengthOf(head) {
  const status = Number(head.slice(9, 12));
  if (status === 304 || status === 204) return 0;
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
  if (length === undefined) throw new Error(`An answer without a length:\n${head}`);
  return Number(length);
}

/** What an answer says, where it is JSON. */
export function jsonOf(answer) {
  return JSON.parse(answer.subarray(answer.indexOf(END_OF_HEAD) + END_OF_HEAD.length).toString());
}

/**
 * Sends requests until the time is over or there are no more.
 *
 * @param {object} order
 * @param {number} order.port
 * @param {number} order.connections
 * @param {number} order.seconds
 * @param {number[]} order.expects the statuses that answers may have
 * @param {(connection: number, answer?: Buffer) => Buffer | undefined} order.next asked with the answer to the last one
 */
export async function send({ port, connections, seconds, expects, next }) {
  const ms = [];
  let bytes = 0;
  const { user, system } = process.cpuUsage();
  const startedAt = performance.now();
  const end = startedAt + seconds * 1_000;
  const open = [];
  try {
    await new Promise((resolve, reject) => {
      let busy = connections;
      const advance = (connection, answer) => {
        const request = performance.now() < end ? next(connection.place, answer) : undefined;
        if (request) connection.send(request);
        else if (--busy === 0) resolve();
      };
      const take = (connection, answer) => {
        ms.push(performance.now() - connection.startedAt);
        bytes += connection.length;
        const status = Number(answer.latin1Slice(9, 12));
        if (expects.includes(status)) advance(connection, answer);
        else reject(new Error(`Instead of ${expects.join(' or ')}: ${answer.toString()}`));
      };
      for (let place = 0; place < connections; place++) {
        const connection = Object.assign(new Connection(port, take), { place });
        connection.socket.once('error', reject).once('connect', () => advance(connection));
        connection.socket.once('close', () => reject(new Error('The connection was closed.')));
        open.push(connection.socket);
      }
    });
  } finally {
    for (const socket of open) socket.removeAllListeners('close').destroy();
  }
  const took = (performance.now() - startedAt) / 1_000;
  const used = process.cpuUsage({ user, system });
  const requests = ms.length;
  return { requests, seconds: took, ms, bytes: bytes / requests, cpu: used.user + used.system };
}

/** Makes the requests of cases and sends them, as another process orders. */
class Caller {
  #sources = new Map();

  constructor({ ports }) {
    this.ports = ports;
    this.world = {};
  }

  /** There is more in the world, or something else. What was made of it before is forgotten. */
  learn(more) {
    Object.assign(this.world, more);
    this.#sources.clear();
  }

  /** Sends for a while, and answers how it went. */
  async run({ module, name, side, seconds, connections }) {
    const { cases } = await import(module);
    const { expects, kind, service, floor = service } = cases[name];
    const key = `${side} ${name}`;
    const make = side === 'service' ? service : floor;
    if (!this.#sources.has(key)) this.#sources.set(key, new sources[kind](make, this.world, side));
    const source = this.#sources.get(key);
    source.prepare({ seconds, connections });
    const next = (connection, answer) => source.next(connection, answer);
    const { ms, ...result } = await send({ port: this.ports[processOf(side)], connections, seconds, expects, next });
    source.sent(result);
    return { ...result, ...quantiles(ms) };
  }

  /** Has every reader read once, and keeps the ETag of what each got: it is held from then on. */
  async warm({ module, name, connections }) {
    const { cases } = await import(module);
    const requests = [...cases[name].service(this.world)];
    const under = [];
    let sent = 0;
    const next = (connection, answer) => {
      const reader = this.world.readers[under[connection]];
      if (answer) reader.etag = /\r\netag: *([^\r]+)/i.exec(answer.latin1Slice())[1];
      under[connection] = sent;
      return requests[sent++];
    };
    const { ms: _, ...result } = await send({
      port: this.ports.service,
      connections: Math.min(connections, requests.length),
      seconds: Infinity,
      expects: [200],
      next,
    });
    this.#sources.clear();
    return result;
  }
}

/** Requests that are the same each time, in turn. */
class Repeated {
  #sent = 0;

  constructor(make, world, side) {
    this.requests = [...make(world, side)];
  }

  prepare() {}

  next() {
    return this.requests[this.#sent++ % this.requests.length];
  }

  sent() {}
}

/** Requests that are each used once. They are made beforehand, as many as will be needed and then some. */
class Once {
  #requests = [];
  #perSecond = 500;

  constructor(make, world, side) {
    this.made = make(world, side);
  }

  prepare({ seconds, connections }) {
    const wanted = Math.ceil(this.#perSecond * seconds * 1.5) + connections;
    while (this.#requests.length < wanted) this.#requests.push(this.made.next().value);
  }

  next() {
    return this.#requests.pop();
  }

  sent({ requests, seconds }) {
    this.#perSecond = Math.max(this.#perSecond, requests / seconds);
  }
}

/** Requests of which each needs the answer to the one before. */
class Flow {
  constructor(make, world, side) {
    this.begin = (connection) => make(world, side, connection);
  }

  prepare({ connections }) {
    this.flows = Array.from({ length: connections }, (_, connection) => this.begin(connection));
  }

  next(connection, answer) {
    return this.flows[connection].next(answer).value;
  }

  sent() {}
}

const sources = { repeated: Repeated, once: Once, flow: Flow };

/** Both variants of the floor are one process. */
const processOf = (side) => (side === 'service' || side === 'bare' ? side : 'floor');

if (process.argv[1] === fileURLToPath(import.meta.url) && process.send) {
  let caller;
  answering({
    begin: (plan) => void (caller = new Caller(plan)),
    learn: (more) => caller.learn(more),
    run: (order) => caller.run(order),
    warm: (order) => caller.warm(order),
  });
}

// The service against the floor: the same requests' worth of data, in turns, on the same PostgreSQL.
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import pg from 'pg';

import { modules } from './cases/modules.mjs';
import { cpuOfTree, folderPid, median } from './measures.mjs';
import { makePeople } from './people.mjs';
import { startProcess } from './process.mjs';

const CAUGHT_UP_SECONDS = 60;
const NEARLY_NOTHING = 100;

const fileOf = (name) => fileURLToPath(new URL(name, import.meta.url));

/** A service with customers, a floor, and callers, each in a process of its own. */
export class Bench {
  /**
   * @param {(question: string, order?: object) => Promise<any>} ask
   * @param {{pid: number, kill: (signal: string) => void, folder: string}} service
   */
  static async begin(ask, service) {
    const bench = Object.assign(new Bench(), { service });
    const { url, databaseUrl } = await ask('start');
    bench.databaseUrl = databaseUrl;
    bench.database = new pg.Pool({ connectionString: databaseUrl, max: 1 });
    bench.postgres = await folderPid(service.folder);
    bench.floor = startProcess(fileOf('floor.mjs'));
    bench.callers = startProcess(fileOf('load.mjs'));
    const { port } = await bench.floor.ask('begin', { databaseUrl, modules: modules.map(fileOf) });
    bench.bare = startProcess(fileOf('bare.mjs'));
    const bare = await bench.bare.ask('begin', { url, databaseUrl, folder: service.folder });
    bench.plan = await bench.bare.ask('prepare');
    bench.ports = { service: Number(new URL(url).port), floor: port, bare: bare.port };
    await bench.callers.ask('begin', { ports: bench.ports });
    bench.people = 0;
    return bench;
  }

  async end() {
    await this.database.end();
    for (const { kill } of [this.floor, this.bare, this.callers]) kill();
  }

  /**
   * Sees to it that there are so many customers, that so many have been read once, and that so many are signed in.
   * Answers what those reads took.
   */
  async populate({ people, readers, customers = 0, history = true }) {
    const more = people - this.people;
    if (more > 0) await makePeople({ databaseUrl: this.databaseUrl, count: more, history, ...this.plan });
    Object.assign(this, { people, readers });
    await this.#settle();
    const world = await this.bare.ask('world', { readers, customers });
    await this.callers.ask('learn', world);
    await this.floor.ask('learn', { dpopKey: world.dpopKey, categories: world.categories });
    return this.warm();
  }

  /** Has each reader read once, and answers what that took. The service keeps at hand what it has answered for a minute. */
  async warm(connections = 16) {
    await this.#caughtUp();
    const order = { module: fileOf('cases/reads.mjs'), name: 'read', connections };
    return this.#measured(this.service, () => this.callers.ask('warm', order));
  }

  /**
   * Runs a case on all sides in turn, so often, after a warm-up.
   *
   * @param {{module: string, name: string, sides: string[], connections: number, slices: number, seconds: number}} order
   */
  async compare({ module, name, sides, connections, slices, seconds }) {
    await this.#caughtUp();
    const run = (side, time) => this.#slice({ module: fileOf(module), name, side, connections, seconds: time });
    for (const side of sides) {
      const { bytes } = await run(side, seconds / 2);
      if (side === 'service') await this.floor.ask('learn', { lengths: { [name]: bytes } });
    }
    const found = Object.fromEntries(sides.map((side) => [side, []]));
    for (let slice = 0; slice < slices; slice++) {
      for (const side of sides) found[side].push(await run(side, seconds));
    }
    return found;
  }

  /** What PostgreSQL would get round to by itself, later. */
  async #settle() {
    await this.database.query('vacuum (analyze)');
    await this.database.query('checkpoint');
  }

  /** Lets the service do what the last case has left it to do, for as long as that takes but not for ever. */
  async #caughtUp() {
    for (let second = 0; second < CAUGHT_UP_SECONDS; second++) {
      const { rows } = await this.database.query(
        `select (select count(*) from outbox_deliveries where due_at <= now()) +
                (select count(*) from audit_pending) as left`,
      );
      if (Number(rows[0].left) < NEARLY_NOTHING) return;
      await delay(1_000);
    }
  }

  /** One side for a while. Meanwhile the service stands still unless it is its turn, and so does what it does by itself. */
  async #slice(order) {
    const served = { service: this.service, bare: this.bare }[order.side] ?? this.floor;
    if (served !== this.service) this.service.kill('SIGSTOP');
    try {
      return await this.#measured(served, () => this.callers.ask('run', order));
    } finally {
      if (served !== this.service) this.service.kill('SIGCONT');
    }
  }

  /** What callers did, with what each request took of the server and of PostgreSQL. */
  async #measured(served, work) {
    const before = { node: cpuOfTree(served.pid), postgres: cpuOfTree(this.postgres) };
    const { cpu, ...result } = await work();
    const per = (now, then) => (now - then) / result.requests;
    return {
      ...result,
      perSecond: result.requests / result.seconds,
      node: per(cpuOfTree(served.pid), before.node),
      postgres: per(cpuOfTree(this.postgres), before.postgres),
      caller: cpu / result.requests,
    };
  }
}

/** What the slices of one side come to: medians, and between what the requests a second lie. */
export function summaryOf(slices) {
  const values = (key) => slices.map((slice) => slice[key]);
  const keys = ['perSecond', 'p50', 'p99', 'node', 'postgres', 'caller'];
  const rates = values('perSecond');
  return {
    ...Object.fromEntries(keys.map((key) => [key, median(values(key))])),
    range: [Math.min(...rates), Math.max(...rates)],
  };
}

/** How one side does against the other, slice by slice: the median, the least and the most. */
export function ratioOf(slices, floor) {
  const ratios = slices.map(({ perSecond }, index) => perSecond / floor[index].perSecond);
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

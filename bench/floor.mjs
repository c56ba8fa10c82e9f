// The floor: what a server costs that does nothing but fetch the same rows and answer as many bytes. Bare `node:http` and
// `pg`, no authentication, no framework, no check, no record. `plain` has a pool of ten connections, as most servers
// have; `tuned` shares three in the pipeline mode of `pg`.
import { createServer } from 'node:http';
import { once } from 'node:events';

import pg from 'pg';

import { answering } from './process.mjs';

/** Connections that are shared: a statement is sent without waiting for the answers to those before it. */
class Pipelined {
  #next = 0;

  constructor({ connectionString, connections }) {
    this.clients = Array.from({ length: connections }, () => new pg.Client({ connectionString, pipeline: true }));
    for (const client of this.clients) void client.connect();
  }

  query(statement) {
    return this.clients[this.#next++ % this.clients.length].query(statement);
  }
}

/** Serves the cases of these modules at /<plain or tuned>/<case>/<arguments>. */
async function serveFloor({ databaseUrl, modules }) {
  const cases = Object.assign({}, ...(await Promise.all(modules.map(casesOf))));
  const pool = {
    plain: new pg.Pool({ connectionString: databaseUrl, max: 10 }),
    tuned: new Pipelined({ connectionString: databaseUrl, connections: 3 }),
  };
  const server = createServer((request, response) => {
    const [, side, name, ...args] = request.url.split('/');
    const asked = { pool: pool[side], world, args, request, body: () => bodyOf(request) };
    cases[name].answer(asked).then(
      ({ status, body }) => {
        if (body === undefined) return response.writeHead(status).end();
        const text = JSON.stringify(filledUp(name, body));
        const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
        return response.writeHead(status, headers).end(text);
      },
      (error) => response.writeHead(500, { 'content-length': Buffer.byteLength(error.stack) }).end(error.stack),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: server.address().port };
}

const casesOf = async (module) => (await import(module)).cases;

function bodyOf(request) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    request
      .on('data', (chunk) => chunks.push(chunk))
      .on('end', () => resolve(Buffer.concat(chunks)))
      .on('error', reject);
  });
}

/** The body, as long as that of the service. */
function filledUp(name, body) {
  fillers[name] ??= 'x'.repeat(Math.max(0, (world.lengths?.[name] ?? 0) - JSON.stringify(body).length));
  return { ...body, filler: fillers[name] };
}

const world = {};
let fillers = {};

answering({
  begin: serveFloor,
  learn: (more) => {
    Object.assign(world, more);
    fillers = {};
  },
});

import type { AddressInfo } from 'node:net';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import { rawConnection } from '../../../test/support/raw.js';
import { loadConfig } from '../config/config.js';
import { CallerAddress } from '../http/caller-address.js';
import { Connections, PATIENCE, type Patience } from './connections.js';

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function serving({
  limits = { all: 100, perAddress: 100 },
  patience = {},
  trust = 'off',
  answer = ((_request, response) => response.end('here')) as Answer,
}: {
  limits?: { all: number; perAddress: number };
  patience?: Partial<Patience>;
  trust?: string;
  answer?: Answer;
} = {}) {
  const config = loadConfig({ NODE_ENV: 'test', TRUST_PROXY: trust });
  const connections = new Connections(new CallerAddress(config), limits, { ...PATIENCE, look: 20, ...patience });
  const server = connections.serve(answer);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { connections, connect: () => rawConnection((server.address() as AddressInfo).port) };
}

const GET = 'GET / HTTP/1.1\r\nhost: ccx\r\n\r\n';

describe('connections', () => {
  it.each([
    ['of all together', { all: 2, perAddress: 100 }],
    ['of one address', { all: 100, perAddress: 2 }],
  ])('are closed when there are too many %s, and taken again when others have gone', async (_, limits) => {
    const { connections, connect } = await serving({ limits });
    const [first, second] = [await connect(), await connect()];
    expect(await (await connect()).closed()).toBe('');
    expect({ count: connections.count, refused: connections.refused }).toEqual({ count: 2, refused: 1 });
    first.send('GET / HTTP/1.1\r\nhost: ccx\r\nconnection: close\r\n\r\n');
    await first.closed();
    const third = await connect();
    for (const { send, received } of [second, third]) {
      send(GET);
      expect(await received('here')).toMatch(/^HTTP\/1.1 200/);
    }
  });

  it('of a proxy are not counted by its address: it speaks for many', async () => {
    const { connect } = await serving({ limits: { all: 100, perAddress: 1 }, trust: 'loopback' });
    for (const { send, received } of [await connect(), await connect()]) {
      send(GET);
      expect(await received('here')).toMatch(/^HTTP\/1.1 200/);
    }
  });

  it('without a request are closed', async () => {
    const { connect } = await serving({ patience: { headers: 50, request: 50 } });
    expect(await (await connect()).closed()).toMatch(/^HTTP\/1.1 408/);
  });

  it('whose request does not come to its end are closed', async () => {
    const { connect } = await serving({ patience: { headers: 50, request: 50 } });
    const headers = await connect();
    headers.send('GET / HTTP/1.1\r\nhost: ccx\r\nx-slow: ');
    expect(await headers.closed()).toMatch(/^HTTP\/1.1 408/);
    const never: Answer = (request) => void request.resume();
    const { connect: toNever } = await serving({ patience: { headers: 50, request: 50 }, answer: never });
    const body = await toNever();
    body.send('POST / HTTP/1.1\r\nhost: ccx\r\ncontent-length: 10\r\n\r\nslow');
    expect(await body.closed()).toMatch(/^HTTP\/1.1 408/);
  });

  it('whose answer is not read on are closed', async () => {
    let hasClosed: (() => void) | undefined;
    const closed = new Promise<void>((resolve) => {
      hasClosed = resolve;
    });
    const answer: Answer = (_request, response) => {
      response.on('close', () => hasClosed?.());
      const more = (): void => {
        while (response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    };
    const { connect } = await serving({ patience: { answer: 50 }, answer });
    const { socket, send } = await connect();
    socket.pause();
    send(GET);
    await expect(closed).resolves.toBeUndefined();
  });

  it('that take long over a request because the service does are not closed', async () => {
    let finish: (() => void) | undefined;
    const here = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const answer: Answer = (_request, response) => {
      void here.then(() => response.end('late'));
    };
    const { connect } = await serving({ patience: { headers: 50, request: 50 }, answer });
    const { send, received } = await connect();
    send(GET);
    await new Promise((resolve) => setTimeout(resolve, 200));
    finish?.();
    expect(await received('late')).toMatch(/^HTTP\/1.1 200/);
  });

  it('carry all headers of a request, or refuse them', async () => {
    const answer: Answer = (request, response) => void response.end(`last: ${String(request.headers['z'])}`);
    const { connect } = await serving({ answer });
    const many = await connect();
    many.send(`GET / HTTP/1.1\r\nhost: ccx\r\n${'a: 1\r\n'.repeat(4_000)}z: last\r\n\r\n`);
    await many.received('last: last');
    const large = await connect();
    large.send(`GET / HTTP/1.1\r\nhost: ccx\r\nx: ${'x'.repeat(33_000)}\r\n\r\n`);
    expect(await large.closed()).toMatch(/^HTTP\/1.1 431/);
  });
});

import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { codeAt, secretOf, TOTP_PERIOD_MS } from '../src/staff/totp.js';
import { Browser } from './support/browser.js';
import { aFolder, aFreePort, Asking, ccx, ccxUnread, RunningService, untilSilent } from './support/cli.js';
import { createDatabase, dropDatabase, runSetting } from './support/database-server.js';
import { eventually } from './support/eventually.js';
import { kidsAt } from './support/keys.js';
import { signIn } from './support/oauth.js';

jest.setTimeout(120_000);

const ada = { email: 'ada@example.org', password: 'customer-of-a-development-ccx' };

function post(url: string, body: object): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

/** Accepts an invitation with a code of the step before, so that the one of now is still good. Answers the secret. */
async function joined(url: string, token: string, password: string): Promise<string> {
  const accepted = await post(`${url}/v1/staff/invitations/accept`, { token, password });
  const { enrolment } = (await accepted.json()) as { enrolment: { token: string; totp: { secret: string } } };
  const { secret } = enrolment.totp;
  const confirm = () => {
    const code = codeAt(secretOf(secret), new Date(Date.now() - TOTP_PERIOD_MS));
    return post(`${url}/v1/staff/enrolments/confirm`, { enrolment_token: enrolment.token, code });
  };
  // Between two steps, that code may be too old when it arrives.
  const confirmed = (await confirm()).ok || (await confirm()).ok;
  expect(confirmed).toBe(true);
  return secret;
}

describe('ccx serve in an empty folder', () => {
  let cwd: string;
  let port: number;
  let service: RunningService;
  beforeAll(async () => {
    cwd = await aFolder();
    port = await aFreePort();
    service = await RunningService.start({ cwd, port });
  });
  afterAll(() => service.stop());

  it('says where the data lives, who is there and what to do next', () => {
    expect(service.stderr).toContain(`data in ${cwd}`);
    expect(service.stderr).toContain(`CCX is ready at ${service.url}`);
    expect(service.stderr).toContain(`${ada.email}  ${ada.password}`);
    expect(service.stderr).toContain('ccx curl --as albatross');
  });

  it('has a customer who has stated how she likes to be treated', async () => {
    const { token } = (await (await post(`${service.url}/v1/sessions`, ada)).json()) as { token: string };
    const answer = await fetch(`${service.url}/v1/me/preferences`, { headers: { authorization: `Bearer ${token}` } });
    const { items } = (await answer.json()) as { items: { attribute: string; strength: string }[] };
    expect(items).toContainEqual(expect.objectContaining({ attribute: 'food.allergen', strength: 'never' }));
    expect(items).toContainEqual(
      expect.objectContaining({ context: { time: expect.objectContaining({ from: '20:00', to: '08:00' }) } }),
    );
  });

  it('keeps the private keys of its retailers for their owner’s eyes', async () => {
    const keys = join(cwd, '.ccx/keys');
    expect((await stat(keys)).mode & 0o777).toBe(0o700);
    const files = await readdir(keys);
    expect(files.sort()).toEqual(['albatross-simple.json', 'albatross.json', 'kek', 'log', 'pepper', 'thistle.json']);
    for (const file of files) expect((await stat(join(keys, file))).mode & 0o777).toBe(0o600);
  });

  it('is called as a retailer by ccx curl, with a key or with a secret', async () => {
    for (const as of ['albatross', 'Albatross Groceries', 'albatross-simple']) {
      const { code, stdout } = await ccx(['curl', '--as', as, '/v1/retailer'], { cwd, env: { PORT: String(port) } });
      expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, name: 'Albatross Groceries' });
    }
    const { mode } = await stat(join(cwd, '.ccx/tokens/albatross.json'));
    expect(mode & 0o777).toBe(0o600);
  });

  it('tells ccx curl what went wrong', async () => {
    const env = { PORT: String(port) };
    const unknown = await ccx(['curl', '--as', 'heron', '/v1/retailer'], { cwd, env });
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('albatross (Albatross Groceries)') });
    const elsewhere = await ccx(['curl', '--as', 'thistle', 'https://evil.example/'], { cwd, env });
    expect(elsewhere).toMatchObject({ code: 2, stderr: expect.stringContaining('is not at http://127.0.0.1') });
    const refused = await ccx(['curl', '--as', 'thistle', '-f', '/v1/me'], { cwd, env });
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('insufficient-scope') });
    const without = await ccx(['curl', '--as', 'thistle', '--consent', '/v1/preferences'], { cwd, env });
    expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining('ccx authorize --as thistle') });
  });

  it('asks a customer for consent in a browser, and reads with it until she withdraws it', async () => {
    const env = { PORT: String(port) };
    const asking = await Asking.start(['authorize', '--as', 'albatross', '--json'], { cwd, env });
    const browser = new Browser(service.url);
    const page = await signIn(browser, await browser.follow(await browser.get(asking.address)), ada);
    const back = await browser.follow(await browser.submit(page, 'decision', { decision: 'approve' }));
    expect(await (await fetch(String(back.location))).text()).toContain('Done.');
    const { code, stdout } = await asking.ended;
    const given = JSON.parse(stdout) as { subject: string };
    expect({ code, ...given }).toMatchObject({ code: 0, authorization_details: [{ type: 'ccx_preferences' }] });

    const path = '/v1/preferences?touchpoint=till&purpose=dpv:ServicePersonalisation&stage=shopping';
    const read = () => ccx(['curl', '--as', 'albatross', '--consent', '-f', path], { cwd, env });
    const answer = JSON.parse((await read()).stdout) as { subject: string; preferences: { attribute: string }[] };
    expect(answer.subject).toBe(given.subject);
    expect(answer.preferences.map(({ attribute }) => attribute)).toContain('size.footwear');

    const query = path.split('?', 2)[1]!;
    const slo = (...options: string[]) => ccx(['slo', '--as', 'albatross', '--query', query, ...options], { cwd, env });
    const measured = await slo('--rate', '20', '--seconds', '0.5', '--json');
    const { met, ...found } = JSON.parse(measured.stdout) as { met: boolean };
    expect(found).toMatchObject({
      reads: 10,
      error_share: 0,
      objectives: [
        { share: 0.99, within_ms: 100 },
        { share: 0.95, within_ms: 1_000 },
      ],
    });
    expect(measured.code).toBe(met ? 0 : 1);

    const { token } = (await (await post(`${service.url}/v1/sessions`, ada)).json()) as { token: string };
    const authorization = `Bearer ${token}`;
    const consents = await fetch(`${service.url}/v1/me/consents`, { headers: { authorization } });
    const { items } = (await consents.json()) as { items: { id: string }[] };
    await fetch(`${service.url}/v1/me/consents/${items[0]?.id}/withdraw`, {
      method: 'POST',
      headers: { authorization },
    });
    expect(await read()).toMatchObject({ code: 1, stdout: expect.stringContaining('invalid-token') });
    expect(await slo()).toMatchObject({ code: 1, stderr: expect.stringContaining('The first read was answered 401') });
  });

  it('asks for less, for once, and anew about a grant that it names', async () => {
    const env = { PORT: String(port) };
    const given = async (...options: string[]) => {
      const asking = await Asking.start(['authorize', '--as', 'albatross', '--json', ...options], { cwd, env });
      const browser = new Browser(service.url);
      const page = await signIn(browser, await browser.follow(await browser.get(asking.address)), ada);
      const back = await browser.follow(await browser.submit(page, 'decision', { decision: 'approve' }));
      await fetch(String(back.location));
      return JSON.parse((await asking.ended).stdout) as {
        grant_id: string;
        ccx_max_reads_per_day?: number;
        authorization_details: { expires_at: string }[];
      };
    };
    const lifeOf = ({ authorization_details: [line] }: Awaited<ReturnType<typeof given>>) =>
      (Date.parse(line?.expires_at ?? '') - Date.now()) / 86_400_000;

    const first = await given('--lifetime-days', '30', '--max-reads-per-day', '5');
    expect(first.ccx_max_reads_per_day).toBe(5);
    expect(lifeOf(first)).toBeCloseTo(30, 1);
    const grant = ['--grant-action', 'replace', '--grant-id', first.grant_id, '--prompt', 'consent'];
    const second = await given(...grant, '--lifetime-days', '60');
    expect(second.grant_id).toBe(first.grant_id);
    expect(lifeOf(second)).toBeCloseTo(60, 1);
    const once = await given('--use', 'once');
    expect(once.grant_id).not.toBe(first.grant_id);
    expect(lifeOf(once)).toBeLessThan(1);

    const refused = await ccx(['authorize', '--as', 'albatross', '--grant-action', 'merge'], { cwd, env });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('grant_id must be given with merge') });
    const mistyped = await ccx(['authorize', '--as', 'albatross', '--use', 'twice'], { cwd, env });
    expect(mistyped).toMatchObject({ code: 2, stderr: expect.stringContaining('standing, once') });
  });

  it('ends quietly when its reader closes early', async () => {
    const env = { PORT: String(port) };
    for (const args of [['--help'], ['curl', '--as', 'albatross', '/v1/retailer']]) {
      expect(await ccxUnread(args, { cwd, env })).toEqual({ code: 0, stdout: '', stderr: '' });
    }
    const fault = await ccxUnread(['curl', '--as', 'albatross', '-f', '/v1/me'], { cwd, env });
    expect(fault).toMatchObject({ code: 1, stderr: expect.not.stringContaining('EPIPE') });
  });

  it('takes what operators do on the command line while it runs', async () => {
    const env = { PORT: String(port) };
    const operator = async (...args: string[]) => {
      const { code, stdout, stderr } = await ccx(['operator', ...args, '--json'], { cwd, env });
      if (code !== 0) throw new Error(stderr);
      return JSON.parse(stdout) as Record<string, string>;
    };
    const sites = ['--website', 'https://heron.example', '--privacy-url', 'https://heron.example/privacy'];
    const where = ['--country', 'GB', '--sector', 'grocery', '--touchpoint', 'till', 'web'];
    const added = await operator('retailer', 'add', '--name', 'Heron Foods', ...sites, ...where);
    const id = String(added['id']);
    expect(added).toMatchObject({ status: 'pending', touchpoints: ['till', 'web'] });
    expect(await operator('retailer', 'approve', id, '--sector', 'grocery')).toMatchObject({ status: 'active' });
    const scopes = ['--scope', 'preferences.read', 'interactions.write'];
    const client = await operator('client', 'add', id, '--name', 'Tills', ...scopes, '--generate-key');
    const call = () => ccx(['curl', '--as', 'heron', '-f', '/v1/retailer'], { cwd, env });
    expect(JSON.parse((await call()).stdout)).toMatchObject({ id, name: 'Heron Foods' });

    await operator('client', 'suspend', id, String(client['client_id']));
    expect(await call()).toMatchObject({ code: 1, stdout: expect.stringContaining('retailer-suspended') });

    const invited = await operator('invite', 'olga@example.org', '--name', 'Olga');
    const accepted = await post(`${service.url}/v1/staff/invitations/accept`, {
      token: invited['invitation_token'],
      password: 'every entry, twice over',
    });
    expect(accepted.status).toBe(201);
    const reset = await operator('reset', 'olga@example.org');
    expect(reset).toMatchObject({ staff_id: invited['staff_id'], invitation_token: expect.stringMatching(/^ccx_si_/) });
    expect(await ccx(['operator', 'accept', String(reset['invitation_token'])], { cwd, env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no terminal to ask at.'),
    });
  });

  it('is called as operator or auditor, with a second factor of which they know nothing', async () => {
    const env = { PORT: String(port) };
    const secrets = join(cwd, '.ccx/staff');
    expect((await stat(secrets)).mode & 0o777).toBe(0o700);
    for (const role of ['operator', 'auditor']) {
      expect((await stat(join(secrets, `${role}.json`))).mode & 0o777).toBe(0o600);
      const who = () => ccx(['curl', '--as', role, '/v1/staff/sessions/current'], { cwd, env });
      const [first, second] = [await who(), await who()].map(({ stdout }) => JSON.parse(stdout) as { id: string });
      expect(first).toMatchObject({ role, email: `${role}@example.org` });
      expect(second?.id).toBe(first?.id); // the session is kept, or every call would wait for another code
      expect((await stat(join(cwd, `.ccx/tokens/staff-${role}.json`))).mode & 0o777).toBe(0o600);
    }
    const scoped = await ccx(['curl', '--as', 'auditor', '--scope', 'openid', '/v1/audit/entries'], { cwd, env });
    expect(scoped).toMatchObject({ code: 2, stderr: expect.stringContaining('are for retailers') });
  });

  it('signs in staff of any service as the settings say', async () => {
    const env = { PORT: String(port) };
    const invited = await ccx(['operator', 'invite', 'ada@staff.example', '--role', 'auditor', '--json'], { cwd, env });
    const password = 'every entry, twice over';
    const secret = await joined(service.url, JSON.parse(invited.stdout).invitation_token, password);
    const file = join(cwd, 'password');
    await writeFile(file, `${password}\n`);
    const settings = { ...env, CCX_OPERATOR_EMAIL: 'ada@staff.example', DATA_FOLDER: join(cwd, 'other') };
    const who = (more: Record<string, string>) =>
      ccx(['curl', '--as', 'operator', '/v1/staff/sessions/current'], { cwd, env: { ...settings, ...more } });
    expect(await who({})).toMatchObject({ code: 2, stderr: expect.stringContaining('Set CCX_OPERATOR_PASSWORD') });
    const wrong = await who({ CCX_OPERATOR_PASSWORD_FILE: file, CCX_OPERATOR_TOTP_SECRET: '???' });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('CCX_OPERATOR_TOTP_SECRET must be') });
    const { stdout } = await who({ CCX_OPERATOR_PASSWORD_FILE: file, CCX_OPERATOR_TOTP_SECRET: secret });
    expect(JSON.parse(stdout)).toMatchObject({ email: 'ada@staff.example', role: 'auditor' });
    // The session is kept for her, and for the service that gave it.
    expect(JSON.parse((await who({})).stdout)).toMatchObject({ email: 'ada@staff.example' });
    const others: Record<string, string>[] = [
      { CCX_OPERATOR_EMAIL: 'bea@staff.example' },
      { PUBLIC_URL: `http://localhost:${port}` },
    ];
    for (const other of others) {
      expect(await who(other)).toMatchObject({ code: 2, stderr: expect.stringContaining('Set CCX_OPERATOR_PASSWORD') });
    }
  });

  it('makes codes of the development staff for whoever signs in by hand', async () => {
    const { stdout } = await ccx(['operator', 'code', 'auditor'], { cwd, env: { PORT: String(port) } });
    expect(stdout).toMatch(/^\d{6}\n$/);
    const elsewhere = await ccx(['operator', 'code'], { cwd, env: { DATA_FOLDER: join(cwd, 'other') } });
    expect(elsewhere).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no secret in') });
  });

  it('rotates the keys of the service that runs, before their time in an emergency only', async () => {
    const keys = (...args: string[]) => ccx(['operator', 'keys', ...args], { cwd, env: { PORT: String(port) } });
    const listed = JSON.parse((await keys('list', '--json')).stdout) as { kid: string }[];
    expect(listed.map(({ kid }) => kid).sort()).toEqual((await kidsAt(service.url)).sort());

    expect(await keys('rotate', '--use', 'receipt')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The next key can be used from'),
    });
    const { code, stdout } = await keys('rotate', '--emergency', '--json');
    const { current, next } = JSON.parse(stdout) as Record<'current' | 'next', { kid: string; use: string }>;
    expect({ code, use: current.use }).toEqual({ code: 0, use: 'token' });
    await eventually(async () => {
      expect((await kidsAt(service.url)).slice(0, 2)).toEqual([current.kid, next.kid]);
    });
  });

  it('wraps the keys anew beside the service, and names the KEK that is missing', async () => {
    const made = (await ccx(['keys', 'new'], { cwd })).stdout;
    expect(Buffer.from(made, 'base64')).toHaveLength(32);
    const keys = (command: string, env = {}) =>
      ccx(['keys', command, '--json'], { cwd, env: { PORT: String(port), ...env } });
    const { kek, ...came } = JSON.parse((await keys('rewrap')).stdout);
    expect(came).toEqual({ rewrapped: 0, remaining: 0 });
    expect(await keys('status', { CCX_KEK: made.trim() })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`wrapped by the KEK ${kek}`),
    });
  });

  it('refuses what an operator mistypes', async () => {
    const env = { PORT: String(port) };
    const add = ['operator', 'retailer', 'add', '--name', 'X', '--country', 'XX', '--website', 'http://x.example'];
    const rest = ['--privacy-url', 'https://x.example/', '--sector', 'magic', '--touchpoint', 'till'];
    const { code, stderr } = await ccx([...add, ...rest], { cwd, env });
    expect(code).toBe(1);
    for (const field of ['/country', '/website', '/sectors']) expect(stderr).toContain(`- ${field} `);
    expect(await ccx(['operator', 'retailer', 'approve', 'x', '--sector', 'grocery'], { cwd, env })).toMatchObject({
      code: 2,
    });
    expect(await ccx(['operator', 'invite', 'nobody'], { cwd, env })).toMatchObject({ code: 2 });
  });

  it('says so when its port is taken, and leaves the service that has it alone', async () => {
    const { code, stderr } = await ccx(['serve'], { cwd, env: { PORT: String(port) } });
    expect(code).toBe(1);
    expect(stderr).toContain(`Cannot listen at 127.0.0.1:${port}: another program does`);
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
  });
});

describe('ccx serve', () => {
  it('finds everything again after it was stopped, and after it was killed, and leaves nothing running', async () => {
    const cwd = await aFolder();
    const port = await aFreePort();
    const mira = { email: 'mira@example.org', password: 'three geese over the canal' };
    const keyFile = join(cwd, '.ccx/keys/albatross.json');

    const first = await RunningService.start({ cwd, port });
    const keys = await readFile(keyFile, 'utf8');
    expect(await first.stop('SIGINT')).toMatchObject({ code: 0, stderr: expect.stringContaining('Stopped.') });
    await untilSilent(first.databasePort);

    const second = await RunningService.start({ cwd, port });
    expect(second.stderr).not.toContain('Migrated');
    expect(second.stderr).not.toContain('Made for a first try');
    expect(await readFile(keyFile, 'utf8')).toBe(keys);
    expect((await post(`${second.url}/v1/customers`, mira)).status).toBe(201);
    await second.stop('SIGKILL');

    const third = await RunningService.start({ cwd, port });
    expect((await post(`${third.url}/v1/sessions`, mira)).status).toBe(201);
    await third.stop();
    for (const { databasePort } of [second, third]) await untilSilent(databasePort);
  });

  it('stops its database again when it cannot listen', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    const { code, stderr } = await ccx(['serve'], { cwd: await aFolder(), env: { PORT: String(port), SEED: 'off' } });
    taken.close();
    expect(code).toBe(1);
    await untilSilent(Number(/on 127\.0\.0\.1:(\d+), data in/.exec(stderr)?.[1]));
  });

  it('refuses a production start with development defaults, naming each of them', async () => {
    const { code, stderr } = await ccx(['serve'], {
      cwd: await aFolder(),
      env: { NODE_ENV: 'production', OAUTH_PROFILE: 'development', RATE_LIMITS: 'off', SEED: 'on' },
    });
    expect(code).toBe(2);
    const settings = [
      'DATABASE_URL',
      'CCX_KEK',
      'CCX_PEPPER',
      'CCX_LOG_KEY',
      'LOG_STATE_FILE',
      'ERASURE_REGISTER_FILE',
      'OAUTH_PROFILE',
      'RATE_LIMITS',
      'SEED',
    ];
    for (const setting of settings) expect(stderr).toContain(`- ${setting} `);
  });
});

describe('with a database of somebody else', () => {
  const serverUrl = runSetting('serverUrl');
  const name = `ccx_test_cli_${process.pid}`;
  let cwd: string;
  let env: Record<string, string>;
  beforeAll(async () => {
    cwd = await aFolder();
    env = { DATABASE_URL: await createDatabase(serverUrl, name), PORT: String(await aFreePort()) };
  });
  afterAll(() => dropDatabase(serverUrl, name));

  it('ccx serve refuses a schema that is behind and names the command to run', async () => {
    const { code, stderr } = await ccx(['serve'], { cwd, env });
    expect(code).toBe(1);
    expect(stderr).toContain('npm run migration:run');
    expect(await ccx(['migrate', 'status', '--json'], { cwd, env })).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Roles1760000000000'),
    });
  });

  it('ccx migrate brings it up to date, once, and takes the last step back', async () => {
    const run = await ccx(['migrate'], { cwd, env });
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Migrated Roles1760000000000') });
    expect(await ccx(['migrate', 'run'], { cwd, env })).toMatchObject({ stdout: 'The schema is up to date.\n' });
    expect(await ccx(['migrate', 'revert'], { cwd, env })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Reverted /) as string,
    });
    expect(await ccx(['migrate', 'status'], { cwd, env })).toMatchObject({ code: 1 });
    await ccx(['migrate', 'run'], { cwd, env });
    expect(await ccx(['migrate', 'status'], { cwd, env })).toMatchObject({ code: 0 });
  });

  it('ccx serve uses it and starts none of its own', async () => {
    const service = await RunningService.start({ cwd, port: Number(env['PORT']), env });
    expect(service.stderr).not.toContain('PostgreSQL');
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
    expect(await service.stop()).toMatchObject({ code: 0 });
    expect(await readdir(join(cwd, '.ccx'))).not.toContain('postgres');
  });

  it('ccx serve says so when it cannot be reached, without its password', async () => {
    const url = `postgres://ccx:hunter2@127.0.0.1:${await aFreePort()}/ccx`;
    const { code, stderr } = await ccx(['serve'], { cwd, env: { ...env, DATABASE_URL: url } });
    expect(code).toBe(1);
    expect(stderr).toContain('cannot be reached');
    expect(stderr).not.toContain('hunter2');
  });
});

describe('ccx', () => {
  it('tells how it is used, and exits with 2 when it is used otherwise', async () => {
    const cwd = await aFolder();
    expect(await ccx(['--help'], { cwd })).toMatchObject({ code: 0, stdout: expect.stringContaining('serve') });
    expect(await ccx(['dance'], { cwd })).toMatchObject({ code: 2 });
    expect(await ccx(['curl', '/v1/retailer'], { cwd })).toMatchObject({ code: 2 });
    expect(await ccx(['serve'], { cwd, env: { PORT: 'http' } })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('- PORT must'),
    });
  });
});

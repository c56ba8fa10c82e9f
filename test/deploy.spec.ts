import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

import { boundedMemory } from '../src/cli/memory.js';
import { serveCommand } from '../src/cli/serve.js';
import { Config, loadConfig } from '../src/platform/config/config.js';
import { makeSignerKey } from '../src/platform/crypto/note-signer.js';

const root = join(__dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const { bin, scripts } = JSON.parse(read('package.json')) as Record<'bin' | 'scripts', Record<string, string>>;

const work = mkdtempSync(join(tmpdir(), 'ccx-deploy-'));
afterAll(() => rmSync(work, { recursive: true }));

const exampleSettings = { PUBLIC_URL: 'https://ccx.example', DATABASE_URL: 'postgres://ccx@db.example/ccx' };

/** A folder with the secrets of a production service, under the names of their files. */
function secretsFolder(): string {
  for (const name of ['kek', 'pepper']) writeFileSync(join(work, name), Buffer.alloc(32, name).toString('base64'));
  writeFileSync(join(work, 'log-key'), makeSignerKey('ccx.example/log/v1'));
  return work;
}

const assignments = (text: string) =>
  Object.fromEntries([...text.matchAll(/(?:^|\s)([A-Z][A-Z0-9_]*)=(\S+)/g)].map(([, name, value]) => [name!, value!]));

/** Settings that there are, and with which a production service starts. */
function expectGood(settings: Readonly<Record<string, string>>): void {
  expect(Object.keys(settings).filter((name) => !Object.hasOwn(new Config(), name))).toEqual([]);
  expect(loadConfig(settings)).toMatchObject({ NODE_ENV: 'production', OAUTH_PROFILE: 'strict' });
}

describe('deploy/systemd', () => {
  const unit = read('deploy/systemd/ccx.service');
  const valuesOf = (key: string) => [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value!);

  it('starts the program of this package, with options that it has', () => {
    const [node, program, command, ...options] = valuesOf('ExecStart')[0]!.split(' ');
    expect([node, program, command]).toEqual(['/usr/bin/node', `/opt/ccx/${bin['ccx']}`, 'serve']);
    const known = serveCommand({}).options.map(({ long }) => long);
    for (const option of options.filter((word) => word.startsWith('--'))) expect(known).toContain(option);
    expect(existsSync(join(root, new URL(valuesOf('Documentation')[0]!).pathname.replace('/opt/ccx/', '')))).toBe(true);
  });

  it('has settings with which a production service starts, and a credential for each secret', () => {
    const environment = assignments(valuesOf('Environment').join(' ').replaceAll('%d', secretsFolder()));
    expectGood({ ...environment, ...assignments(read('deploy/systemd/ccx.env')) });
    const credentials = valuesOf('LoadCredential').map((credential) => credential.split(':')[0]);
    const used = Object.values(environment).flatMap((path) => (path.startsWith(work) ? [basename(path)] : []));
    expect(credentials).toEqual(used);
  });

  it('has a command line with the same settings, state and keys', () => {
    const wrapper = read('deploy/systemd/ccx');
    const { CCX_KEK, CCX_PEPPER, CCX_LOG_KEY, ...settings } = assignments(wrapper);
    const environment = assignments(valuesOf('Environment').join(' '));
    const keys = Object.entries({ CCX_KEK, CCX_PEPPER, CCX_LOG_KEY }).map(([name]) => [
      `${name}_FILE`,
      expect.anything(),
    ]);
    expect(environment).toEqual({ ...settings, ...Object.fromEntries(keys) });
    for (const credential of valuesOf('LoadCredential')) {
      const [name, path] = credential.split(':');
      expect(path).toBe(`${/^secrets=(.*)$/m.exec(wrapper)?.[1]}/${name}`);
      expect(wrapper).toContain(`$(cat "$secrets/${name}")`);
    }
    expect(/^settings=(.*)$/m.exec(wrapper)?.[1]).toBe(valuesOf('EnvironmentFile')[0]);
    expect(`${/^program='(.*)'$/m.exec(wrapper)?.[1]} serve`).toBe(valuesOf('ExecStart')[0]);
    expect(wrapper).toContain(`--reuid=${valuesOf('User')[0]} --regid=${valuesOf('Group')[0]}`);
  });

  it('keeps its state in the one folder that it may write to', () => {
    const environment = assignments(valuesOf('Environment').join(' '));
    const [folder] = valuesOf('StateDirectory').map((name) => `/var/lib/${name}`);
    expect(environment['DATA_FOLDER']).toBe(folder);
    for (const setting of ['ERASURE_REGISTER_FILE', 'LOG_STATE_FILE']) expect(environment[setting]).toContain(folder);
    expect(valuesOf('ProtectSystem')).toEqual(['strict']);
  });

  const isThere = spawnSync('systemd-analyze', ['--version']).status === 0;
  if (!isThere) console.warn('Skipped in part: systemd-analyze is not here (apt-get install systemd).');
  (isThere ? describe : describe.skip)('to systemd-analyze, where that is there', () => {
    it('is a unit without a fault, and well protected', async () => {
      const copy = join(work, 'ccx.service');
      // As it is installed: the program where it will be is not there.
      writeFileSync(
        copy,
        unit.replace('/usr/bin/node', process.execPath).replace(`/opt/ccx/${bin['ccx']}`, __filename),
      );
      const verified = await promisify(execFile)('systemd-analyze', ['verify', '--man=no', copy]);
      expect(verified.stderr).toBe('');
      const exposure = ['security', '--offline=true', '--threshold=15', copy]; // of 100; it fails above
      await expect(promisify(execFile)('systemd-analyze', exposure)).resolves.toBeDefined();
    });
  });
});

describe('deploy/container', () => {
  const file = read('deploy/container/Containerfile')
    .replace(/^#.*\n/gm, '')
    .replaceAll('\\\n', '');
  const [build = '', run = ''] = file.split(/^(?=FROM )/m).filter((stage) => stage.startsWith('FROM '));
  const linesOf = (stage: string, instruction: string) =>
    [...stage.matchAll(new RegExp(`^${instruction} +(.*)$`, 'gm'))].map(([, rest]) => rest!.trim());
  const copied = linesOf(build, 'COPY').flatMap((line) => line.split(' ').slice(0, -1));

  it('is made from what there is, and of that only, with scripts that there are', () => {
    expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    const letIn = read('.dockerignore').match(/^!.*$/gm);
    expect(letIn?.map((line) => line.slice(1)).toSorted()).toEqual(copied.toSorted());
    const commands = linesOf(build, 'RUN').join(' && ');
    for (const [, script] of commands.matchAll(/npm run (\S+)/g)) expect(scripts).toHaveProperty(script!);
    expect(commands).toMatch(/npm ci\b.*npm prune --omit=dev/);
  });

  it('runs the program of this package, as nobody in particular, with what the build has made', () => {
    const made = [...copied, 'node_modules', 'dist'].map((path) => `/build/${path}`);
    for (const line of linesOf(run, 'COPY')) {
      const [from, path] = line.split(' ');
      expect([from, made]).toEqual(['--from=build', expect.arrayContaining([path])]);
    }
    expect(linesOf(run, 'USER')).toEqual(['node']);
    expect(linesOf(run, 'RUN').join()).toContain(`/app/${bin['ccx']} /usr/local/bin/ccx`);
    expect(JSON.parse(linesOf(run, 'CMD').at(-1)!)).toEqual(['ccx', 'serve']);
    expect(build.split('\n')[0]!.split(' ')[1]).toBe(run.split('\n')[0]!.split(' ')[1]);
  });

  it('has settings with which a production service starts', () => {
    const secrets = secretsFolder();
    const files = { CCX_KEK_FILE: 'kek', CCX_PEPPER_FILE: 'pepper', CCX_LOG_KEY_FILE: 'log-key' };
    const paths = Object.entries(files).map(([setting, name]) => [setting, join(secrets, name)] as const);
    const text = linesOf(run, 'ENV').join(' ');
    const { NODE_OPTIONS, MALLOC_ARENA_MAX, ...environment } = assignments(text);
    const bounds = boundedMemory({});
    expect(NODE_OPTIONS).toBeDefined();
    expect(text).toContain(`NODE_OPTIONS="${bounds.NODE_OPTIONS}"`);
    expect(MALLOC_ARENA_MAX).toBe(bounds.MALLOC_ARENA_MAX);
    expectGood({ ...environment, ...exampleSettings, ...Object.fromEntries(paths) });
    expect(linesOf(run, 'VOLUME')).toEqual([environment['DATA_FOLDER']]);
    expect(linesOf(run, 'EXPOSE')).toEqual([environment['PORT']]);
  });

  it('is healthy exactly as long as the service says that it is ready', async () => {
    const [, command = ''] = /^HEALTHCHECK .*? CMD (\[.*\])$/m.exec(run) ?? [];
    const [program, ...args] = JSON.parse(command) as string[];
    expect(program).toBe('node');
    let status = 200;
    const paths: string[] = [];
    const service = createServer((request, response) => {
      paths.push(request.url ?? '');
      response.writeHead(status).end();
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    const env = { PORT: String((service.address() as AddressInfo).port) };
    const check = () =>
      promisify(execFile)(process.execPath, args, { env }).then(
        () => 0,
        ({ code }: { code: number }) => code,
      );
    await expect(check()).resolves.toBe(0);
    status = 503;
    await expect(check()).resolves.toBe(1);
    service.close();
    await once(service, 'close');
    await expect(check()).resolves.toBe(1);
    expect(paths).toEqual(['/health/ready', '/health/ready']);
  });
});

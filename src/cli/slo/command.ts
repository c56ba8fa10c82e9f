import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';

import { clientCommand, connectAs, reasonOf } from '../as-client.js';
import { CliError } from '../errors.js';
import { print, say } from '../output.js';
import { openLoop } from './open-loop.js';
import { type Judged, type Verdict, verdictOf } from './verdict.js';

interface SloOptions {
  as: string;
  subject?: string;
  rate: number;
  seconds: number;
  query: string;
  json?: boolean;
}

/** Beyond this, the caller's machine is what was measured. */
const LATE_MS = 20;

/** `ccx slo`: whether a running service answers reads as soon as it should. */
export function sloCommand(env: NodeJS.ProcessEnv): Command {
  return clientCommand('slo')
    .description(
      'measures whether a running service meets its objectives, 99 % of reads within 100 ms and 95 % within 1 s, by ' +
        'reading at a steady rate; exits with 1 when it does not',
    )
    .option('--subject <subject>', 'read what this customer shares; the newest consent unless given')
    .option('--query <query>', 'what is asked for, such as touchpoint=till&purpose=dpv:ServicePersonalisation', '')
    .option('--rate <reads>', 'so many reads a second', positive, 50)
    .option('--seconds <seconds>', 'for so long', positive, 60)
    .option('--json', 'print the result as JSON')
    .action((options: SloOptions) => slo(options, env));
}

async function slo({ as, subject, query, rate, seconds, json }: SloOptions, env: NodeJS.ProcessEnv): Promise<void> {
  const { client, config } = await connectAs(as, env);
  const url = new URL(`/v1/preferences?${query}`, config.issuer);
  const read = () => client.callWithConsent(url, { method: 'GET' }, subject);

  await assertAnswered(read); // and the token is a fresh one from now on
  const count = Math.max(1, Math.round(rate * seconds));
  say(`Reading ${rate} times a second for ${seconds} s …`);
  const verdict = verdictOf(await openLoop({ rate, count, send: () => faultOf(read) }));
  const told = { url: url.href, client: client.credentials.client_id, rate, seconds, ...verdict };
  print(json ? JSON.stringify(inSnakeCase(told), null, 2) : inWords(told));
  if (verdict.lateMs > LATE_MS) {
    say(`Reads were sent up to ${ms(verdict.lateMs)} late: measure from a machine that has less to do.`);
  }
  if (!verdict.isMet) throw new CliError('The objectives are not met.');
}

/** A read that is refused is no measure of anything. @throws CliError */
async function assertAnswered(read: () => Promise<Response>): Promise<void> {
  const response = await read().catch((error: unknown) => {
    throw error instanceof CliError ? error : new CliError(`The read was not made: ${reasonOf(error)}`);
  });
  if (response.ok) return void (await response.arrayBuffer());
  throw new CliError(`The first read was answered ${response.status}, so that there is nothing to measure:
${await response.text()}`);
}

async function faultOf(read: () => Promise<Response>): Promise<string | undefined> {
  try {
    const response = await read();
    await response.arrayBuffer();
    return response.ok ? undefined : String(response.status);
  } catch (error) {
    return reasonOf(error);
  }
}

type Told = Verdict & { url: string; client: string; rate: number; seconds: number };

function inWords({ url, client, rate, reads, percentilesMs, errors, errorShare, objectives }: Told): string {
  const times = Object.entries(percentilesMs).map(([name, value]) => `${name} ${ms(value)}`);
  const faults = Object.entries(errors).map(([name, count]) => `${count} × ${name}`);
  return [
    `${reads} reads at ${rate} a second, as ${client}: GET ${url}`,
    times.join('   '),
    `errors ${percent(errorShare)}${faults.length > 0 ? ` (${faults.join(', ')})` : ''}`,
    ...objectives.map(judgement),
  ].join('\n');
}

function judgement({ name, share, withinMs, measured, isMet }: Judged): string {
  return `${isMet ? 'met    ' : 'NOT met'}  ${name}: ${percent(share)} within ${withinMs} ms; it is ${percent(measured)}`;
}

function inSnakeCase({ percentilesMs, lateMs, errorShare, objectives, isMet, ...told }: Told): object {
  return {
    ...told,
    percentiles_ms: percentilesMs,
    sent_late_ms: lateMs,
    error_share: errorShare,
    objectives: objectives.map(({ withinMs, isMet: met, ...objective }) => ({
      ...objective,
      within_ms: withinMs,
      met,
    })),
    met: isMet,
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && value < Infinity) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}

const ms = (value: number) => `${value.toFixed(1)} ms`;
const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

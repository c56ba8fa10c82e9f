import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type Command, Option } from 'commander';

import { clientCommand, connectAs, reasonOf, textOrFile } from './as-client.js';
import { CliError, exitCodes } from './errors.js';
import { printRecord, say } from './output.js';

interface AuthorizeOptions {
  as: string;
  details?: string;
  scope: string;
  use?: string;
  lifetimeDays?: string;
  maxReadsPerDay?: string;
  prompt?: string;
  grantAction?: string;
  grantId?: string;
  json?: boolean;
}

type Details = readonly Readonly<Record<string, unknown>>[];

/** What is asked for unless `--details` says otherwise: enough for a first read at a till. */
const someDetails: Details = [
  {
    type: 'ccx_preferences',
    attributes: ['contact', 'fulfilment', 'receipt.delivery', 'size.footwear'],
    purposes: ['dpv:ServicePersonalisation'],
    touchpoints: ['till', 'web'],
    stages: ['shopping'],
    retention: 'P30D',
  },
];

const WAIT_MS = 10 * 60_000;

/** `ccx authorize`: asks a customer for consent in a browser and keeps what they give, for `ccx curl --consent`. */
export function authorizeCommand(env: NodeJS.ProcessEnv): Command {
  return clientCommand('authorize')
    .description('asks a customer for consent in a browser, for `ccx curl --consent`')
    .option('--details <json>', 'what to ask for (RFC 9396 authorization_details), or @file')
    .option('--scope <scopes>', 'separated by spaces', 'openid offline_access preferences.read interactions.write')
    .addOption(new Option('--use <use>', 'once: for one access token').choices(['standing', 'once']))
    .option('--lifetime-days <days>', 'for how many days')
    .option('--max-reads-per-day <reads>', 'how often a day it will be read at most')
    .addOption(
      new Option('--prompt <prompt>', 'consent: ask for what is given already, so that it can be renewed').choices([
        'login',
        'consent',
      ]),
    )
    .addOption(new Option('--grant-action <action>', 'what becomes of a grant').choices(['create', 'merge', 'replace']))
    .option('--grant-id <id>', 'the grant to merge into or to replace')
    .option('--json', 'print JSON')
    .action((options: AuthorizeOptions) => authorize(options, env));
}

async function authorize(options: AuthorizeOptions, env: NodeJS.ProcessEnv): Promise<void> {
  const { client } = await connectAs(options.as, env);
  const details = options.details === undefined ? someDetails : parseDetails(textOrFile(options.details));
  const redirect = client.credentials.redirect_uris.find((uri) => new URL(uri).hostname === '127.0.0.1');
  if (redirect === undefined) {
    throw new CliError(`${client.credentials.client_id} has no redirect URI at http://127.0.0.1 to come back to.`);
  }
  const browser = await waitForBrowser(new URL(redirect));
  try {
    const request = await client.authorize(redirect, options.scope, details, termsOf(options));
    say(`Open this in a browser, sign in as a customer and decide:\n\n  ${request.url.href}\n`);
    const consent = await request.finish(await browser.returned);
    const { subject, scope, grant_id, authorization_details, ccx_max_reads_per_day, given_at } = consent;
    printRecord(
      { subject, scope, grant_id, authorization_details, ccx_max_reads_per_day, given_at },
      options.json ?? false,
    );
  } catch (error) {
    throw error instanceof CliError ? error : new CliError(`There is no consent: ${reasonOf(error)}`);
  } finally {
    browser.close();
  }
}

/** What is asked for beside the details, as parameters of the request. Whether it goes together is for the service to say. */
function termsOf(options: AuthorizeOptions): Record<string, string> {
  const terms = {
    ccx_use: options.use,
    ccx_lifetime_days: options.lifetimeDays,
    ccx_max_reads_per_day: options.maxReadsPerDay,
    prompt: options.prompt,
    grant_management_action: options.grantAction,
    grant_id: options.grantId,
  };
  return Object.fromEntries(Object.entries(terms).filter((term): term is [string, string] => term[1] !== undefined));
}

function parseDetails(text: string): Details {
  try {
    const details: unknown = JSON.parse(text);
    if (Array.isArray(details)) return details as Details;
  } catch {
    // told below
  }
  throw new CliError('--details must be a JSON list of authorization details.', exitCodes.misused);
}

/** Listens where the browser is sent back to. */
async function waitForBrowser(redirect: URL): Promise<{ returned: Promise<URL>; close(): void }> {
  let arrive: (url: URL) => void;
  let giveUp: (error: Error) => void;
  const returned = new Promise<URL>((resolve, reject) => {
    arrive = resolve;
    giveUp = reject;
  });
  // Nobody may be waiting yet when it fails.
  returned.catch(() => undefined);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', redirect);
    const isAnswer =
      url.pathname === redirect.pathname && (url.searchParams.has('code') || url.searchParams.has('error'));
    response.writeHead(isAnswer ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end(isAnswer ? 'Done. You can close this window and go back to the terminal.\n' : 'Nothing is here.\n');
    if (isAnswer) arrive(url);
  });
  const timer = setTimeout(() => giveUp(new CliError('Nobody came back within ten minutes.')), WAIT_MS);
  await new Promise<void>((resolve, reject) => {
    server.once('error', () =>
      reject(new CliError(`${redirect.host} is taken: is another \`ccx authorize\` waiting?`)),
    );
    server.listen(Number(redirect.port), redirect.hostname, resolve);
  });
  const { port } = server.address() as AddressInfo;
  say(`Waiting at http://${redirect.hostname}:${port}${redirect.pathname}`);
  return {
    returned,
    close: () => {
      clearTimeout(timer);
      server.close();
    },
  };
}

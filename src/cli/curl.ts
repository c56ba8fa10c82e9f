import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

import type { Command } from 'commander';

import { clientCommand, connectAs, reasonOf, textOrFile } from './as-client.js';
import { CliError, exitCodes } from './errors.js';
import { print, say } from './output.js';
import { loadConfig } from '../platform/config/config.js';
import type { StaffRole } from '../staff/staff-member.entity.js';
import type { Call } from './retailer-client.js';
import { StaffClient } from './staff-client.js';

interface CurlOptions {
  as: string;
  request?: string;
  data?: string;
  header: string[];
  scope?: string;
  consent?: boolean;
  subject?: string;
  include?: boolean;
  fail?: boolean;
  output?: string;
}

/** `ccx curl`: one call of the API as a retailer, with everything signed that has to be, or as staff. */
export function curlCommand(env: NodeJS.ProcessEnv): Command {
  const collect = (value: string, before: string[]) => [...before, value];
  return clientCommand('curl')
    .description(
      'calls the API as a retailer: gets the token, signs the client assertion and the DPoP proof; or as operator or ' +
        'auditor: signs in, with a code, too',
    )
    .argument('<url>', 'a path such as /v1/retailer, or a URL of the service')
    .option('-X, --request <method>', 'the method; POST where there is a body, else GET')
    .option('-d, --data <body>', 'the body, or @file')
    .option('-H, --header <line>', 'a header, such as "Content-Type: application/json"', collect, [])
    .option('--consent', 'with the consent of a customer, see `ccx authorize`; the newest unless --subject is given')
    .option('--subject <subject>', 'with the consent of this customer')
    .option('--scope <scopes>', 'only these scopes, separated by spaces; all that the client has unless given')
    .option('-o, --output <file>', 'write the body to this file, as it is')
    .option('-i, --include', 'print status and headers, too')
    .option('-f, --fail', 'exit with 1 when the answer is an error')
    .action((address: string, options: CurlOptions) => curl(address, options, env));
}

async function curl(address: string, options: CurlOptions, env: NodeJS.ProcessEnv): Promise<void> {
  const response = await answerOf(
    isStaffRole(options.as) ? callAsStaff(address, options.as, options, env) : callAsRetailer(address, options, env),
  );
  if (options.include) print(headOf(response));
  if (options.output !== undefined && response.ok) return save(response, options.output);
  const body = await response.text();
  if (body !== '') print(process.stdout.isTTY ? readable(body, response) : body);
  if (!response.ok && !options.include) say(`${response.status} ${response.statusText}`);
  if (!response.ok && options.fail) throw new CliError(`The answer is an error.`);
}

async function save({ body }: Response, file: string): Promise<void> {
  await pipeline(body ?? [], createWriteStream(file));
}

async function callAsRetailer(address: string, options: CurlOptions, env: NodeJS.ProcessEnv): Promise<Response> {
  const { client, config } = await connectAs(options.as, env);
  const url = addressOf(address, config.issuer);
  return options.consent || options.subject !== undefined
    ? client.callWithConsent(url, callOf(options), options.subject)
    : client.callAsItself(url, callOf(options), options.scope);
}

async function callAsStaff(
  address: string,
  role: StaffRole,
  options: CurlOptions,
  env: NodeJS.ProcessEnv,
): Promise<Response> {
  if (options.consent || options.subject !== undefined || options.scope !== undefined) {
    throw new CliError('--consent, --subject and --scope are for retailers.', exitCodes.misused);
  }
  const config = loadConfig(env);
  return new StaffClient(role, config, env).call(addressOf(address, config.issuer), callOf(options));
}

function isStaffRole(name: string): name is StaffRole {
  return name === 'operator' || name === 'auditor';
}

async function answerOf(call: Promise<Response>): Promise<Response> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`The call was not made: ${reasonOf(error)}`);
  }
}

/** Tokens go to the service that gave them and to nobody else. */
function addressOf(address: string, issuer: string): URL {
  const url = URL.canParse(address, issuer) ? new URL(address, issuer) : undefined;
  if (url?.origin === issuer) return url;
  throw new CliError(`${address} is not at ${issuer}. Set PUBLIC_URL to call another service.`, exitCodes.misused);
}

function callOf({ request, data, header }: CurlOptions): Call {
  const body = data === undefined ? undefined : textOrFile(data);
  const given = header.map((line) => {
    const [name = '', ...value] = line.split(':');
    if (value.length === 0) throw new CliError(`"${line}" is not a header such as "Name: value".`, exitCodes.misused);
    return [name.trim().toLowerCase(), value.join(':').trim()];
  });
  return {
    method: request?.toUpperCase() ?? (body === undefined ? 'GET' : 'POST'),
    body,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...Object.fromEntries(given) },
  };
}

function headOf({ status, statusText, headers }: Response): string {
  return [`HTTP/1.1 ${status} ${statusText}`, ...[...headers].map(([name, value]) => `${name}: ${value}`), ''].join(
    '\n',
  );
}

function readable(body: string, { headers }: Response): string {
  if (!/\bjson\b/.test(headers.get('content-type') ?? '')) return body;
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

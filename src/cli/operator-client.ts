import type { INestApplicationContext } from '@nestjs/common';
import { Command, Option } from 'commander';

import { NewClientDto } from '../retailers/client-requests.dto.js';
import { authMethods, type ClientAuthMethod } from '../retailers/client.entity.js';
import { ClientDto, type RegisteredClientDto } from '../retailers/clients.dto.js';
import { ClientsService } from '../retailers/clients.service.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { commandLine } from './actor.js';
import { textOrFile } from './as-client.js';
import { CredentialsFolder, newCredentials, newPrivateKey, publicPart } from './client-credentials.js';
import { CliError, exitCodes } from './errors.js';
import { printRecord, printRecords, say } from './output.js';
import { withServices } from './service-context.js';
import { id, validated } from './validated.js';

interface AddOptions {
  name: string;
  scope: string[];
  redirectUri?: string[];
  initiateLoginUri?: string;
  grantType?: string[];
  touchpoint?: string[];
  authMethod: ClientAuthMethod;
  jwks?: string;
  generateKey?: boolean;
  bearer?: boolean;
  json?: boolean;
}

const MOST_LISTED = 1_000;

/** `ccx operator client`: the OAuth clients of retailers. */
export function clientCommands(env: NodeJS.ProcessEnv): Command {
  return new Command('client')
    .description('keeps the OAuth clients of retailers')
    .addCommand(
      new Command('add')
        .description('registers a client of a retailer')
        .argument('<retailer>', 'its id', id)
        .requiredOption('--name <name>', 'what operators and customers see')
        .requiredOption('--scope <scope...>', 'what it may ask for')
        .option('--redirect-uri <uri...>', 'where people are sent back to')
        .option('--initiate-login-uri <uri>', 'where people who want to begin with this client are sent')
        .option('--grant-type <type...>', 'how it gets tokens')
        .option('--touchpoint <code...>', 'the touchpoints it serves; all of its retailer unless given')
        .addOption(new Option('--auth-method <method>').choices(authMethods).default('private_key_jwt'))
        .option('--jwks <json>', 'its public keys, or @file')
        .option('--generate-key', 'make a key and keep the private part in the data folder, for `ccx curl`')
        .option('--bearer', 'its access tokens are bound to no key; on a development service only')
        .option('--json', 'print JSON')
        .action((retailerId: string, options: AddOptions) =>
          withServices(env, async ({ app, config }) => {
            const folder = new CredentialsFolder(config.DATA_FOLDER);
            printRecord(await add(app, folder, retailerId, options), options.json ?? false);
          }),
        ),
    )
    .addCommand(
      new Command('list')
        .description('lists the clients of a retailer, newest first')
        .argument('<retailer>', 'its id', id)
        .option('--json', 'print JSON')
        .action((retailerId: string, options: { json?: boolean }) =>
          withServices(env, async ({ app }) => {
            const clients = await app.get(RetailersService).clientsOf(retailerId, { limit: MOST_LISTED });
            printRecords(
              clients.map((client) => ClientDto.of(client)),
              options.json ?? false,
            );
          }),
        ),
    )
    .addCommand(statusCommand(env, 'suspend', 'suspended', 'stops a client at once'))
    .addCommand(statusCommand(env, 'reinstate', 'active', 'lets a suspended client work again'));
}

function statusCommand(
  env: NodeJS.ProcessEnv,
  name: string,
  status: 'active' | 'suspended',
  description: string,
): Command {
  return new Command(name)
    .description(description)
    .argument('<retailer>', 'its id', id)
    .argument('<client>', 'the client id')
    .option('--json', 'print JSON')
    .action((retailerId: string, clientId: string, options: { json?: boolean }) =>
      withServices(env, async ({ app }) => {
        // Whatever the client is like by now, it shall be stopped or work again.
        const version = { ifMatch: '*', etagOf: () => '*' };
        const client = await app.get(ClientsService).revise(commandLine, retailerId, clientId, { status }, version);
        printRecord(ClientDto.of(client), options.json ?? false);
      }),
    );
}

async function add(
  app: INestApplicationContext,
  folder: CredentialsFolder,
  retailerId: string,
  options: AddOptions,
): Promise<RegisteredClientDto> {
  const key = options.generateKey ? await newPrivateKey('ccx') : undefined;
  const dto = await validated(NewClientDto, {
    client_name: options.name,
    scopes: options.scope,
    redirect_uris: options.redirectUri,
    initiate_login_uri: options.initiateLoginUri,
    grant_types: options.grantType,
    touchpoints: options.touchpoint,
    token_endpoint_auth_method: options.authMethod,
    dpop_bound_access_tokens: !options.bearer,
    jwks: key ? { keys: [publicPart(key)] } : options.jwks && parseJwks(textOrFile(options.jwks)),
  });
  const { client, secret } = await app.get(ClientsService).register(commandLine, retailerId, dto.toClient());
  if (key) {
    folder.write(await newCredentials(client, await app.get(RetailersService).get(retailerId), { key }));
    say(`Its private keys are in ${folder.pathOf(client.id)}`);
  }
  return { ...ClientDto.of(client), ...(secret !== undefined && { client_secret: secret }) };
}

function parseJwks(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CliError('--jwks must be a JWK Set in JSON.', exitCodes.misused);
  }
}

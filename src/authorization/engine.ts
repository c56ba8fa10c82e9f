import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Provider } from 'oidc-provider';

import { Config } from '../platform/config/config.js';
import { Pepper } from '../platform/crypto/pepper.js';
import { tokenHash } from '../platform/crypto/seal.js';
import { SigningKeys } from '../platform/crypto/signing-keys.js';
import { customerKey } from '../platform/customer-key.js';
import { EngineMount } from '../platform/http/engine-mount.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { DEVICE_GRANT } from '../retailers/scopes.js';
import { ArtifactStore } from './artifact-store.js';
import { AuthorizationDetails } from './authorization-details.js';
import { DeviceCodes } from './device-codes.js';
import { EngineClients, IS_DEVICE } from './engine-clients.js';
import { engineConfiguration } from './engine-configuration.js';
import { isEnginePath } from './engine-routes.js';
import { EngineContext } from './engine-context.js';
import { EngineRequests } from './engine-requests.js';
import { GrantManagement } from './grant-management.js';
import { Grants } from './grants.js';
import { DevicePages } from './pages/device-pages.service.js';
import { ErrorPage } from './pages/error.page.js';

type NodeHandler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * The OAuth engine, behind the addresses that are its own. It is replaced as a whole when the signing keys change, while
 * requests under way finish with the one that they began with.
 */
@Injectable()
export class Engine implements OnApplicationBootstrap {
  private readonly logger = new Logger('OAuth');
  private current?: { provider: Provider; handle: NodeHandler };

  constructor(
    private readonly config: Config,
    private readonly pepper: Pepper,
    private readonly keys: SigningKeys,
    private readonly mount: EngineMount,
    private readonly requests: EngineRequests,
    private readonly retailers: RetailersService,
    private readonly artifacts: ArtifactStore,
    private readonly clients: EngineClients,
    private readonly grants: Grants,
    private readonly details: AuthorizationDetails,
    private readonly management: GrantManagement,
    private readonly devices: DeviceCodes,
    private readonly devicePages: DevicePages,
    private readonly context: EngineContext,
    private readonly errorPage: ErrorPage,
  ) {}

  /** The engine as it is now: for the pages that belong to its interactions. */
  get provider(): Provider {
    if (!this.current) throw new Error('The engine has not started.');
    return this.current.provider;
  }

  onApplicationBootstrap(): void {
    this.keys.onChange(() => this.renew());
    this.renew();
    this.mount.mount(isEnginePath, (request, response) => this.current?.handle(request, response));
    if (this.config.OAUTH_PROFILE === 'development') {
      this.logger.warn(
        'OAUTH_PROFILE=development: client secrets, public clients and bearer tokens are ALLOWED. ' +
          'Set OAUTH_PROFILE=strict for anything but development.',
      );
    }
  }

  /** Builds the engine with the keys of this moment and puts it in the place of the one before. */
  private renew(): void {
    const provider = new Provider(
      this.config.issuer,
      engineConfiguration(
        {
          issuer: this.config.issuer,
          profile: this.config.OAUTH_PROFILE,
          keys: this.keys.tokenKeys(),
          cookieKey: this.pepper.derive('oauth cookies'),
        },
        {
          artifacts: this.artifacts,
          clients: this.clients,
          grants: this.grants,
          context: this.context,
          details: this.details,
          management: this.management,
          devices: this.devices,
          devicePages: this.devicePages.sources(),
          renderError: (ctx, out) => this.errorPage.renderInEngine(ctx, out),
          subjectFor: async (customerId, clientId) => {
            const { retailer } = (await this.clients.active(this.context.reader, clientId)) ?? {};
            if (!retailer) throw new Error(`The client ${clientId} is not active.`);
            return this.retailers.subjectFor(retailer.id, customerKey(customerId), this.context.reader);
          },
        },
      ),
    );
    provider.silent = true; // or Koa prints to the console whenever a caller hangs up
    pinOrigin(provider, this.config.issuer);
    compareHashedSecrets(provider);
    admitDevices(provider);
    provider.ReplayDetection.unique = (client, id, exp) => this.artifacts.isFirstUse(client, id, new Date(exp * 1000));
    for (const middleware of this.requests.middleware()) provider.use(middleware);
    provider.on('server_error', (_ctx, error) => this.logger.error('The engine met a fault.', error));
    const handle = provider.callback();
    this.current = { provider, handle: (request, response) => void handle(request, response) };
  }
}

/** Addresses in answers come from the configured issuer, whatever the request calls this host. */
function pinOrigin(provider: Provider, issuer: string): void {
  const { protocol, host } = new URL(issuer);
  Object.defineProperties(provider.request, {
    protocol: { get: () => protocol.slice(0, -1) },
    host: { get: () => host },
  });
}

/** What is registered as a client's secret is its hash. */
function compareHashedSecrets(provider: Provider): void {
  const client = provider.Client.prototype as unknown as {
    clientSecret?: string;
    compareClientSecret(this: { clientSecret?: string }, given: string): boolean;
  };
  client.compareClientSecret = function (given) {
    const registered = Buffer.from(this.clientSecret ?? '', 'base64url');
    const hash = tokenHash(given);
    return registered.length === hash.length && timingSafeEqual(registered, hash);
  };
}

/** Which clients are devices is said by a member of their metadata that is our own. */
function admitDevices(provider: Provider): void {
  const client = provider.Client.prototype as unknown as {
    grantTypes: readonly string[];
    grantTypeAllowed(this: { grantTypes: readonly string[]; [IS_DEVICE]?: boolean }, type: string): boolean;
  };
  client.grantTypeAllowed = function (type) {
    return type === DEVICE_GRANT ? this[IS_DEVICE] === true : this.grantTypes.includes(type);
  };
}

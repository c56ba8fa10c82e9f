import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

import type { ArtifactStore } from './artifact-store.js';
import type { DeviceCodes } from './device-codes.js';
import type { EngineClients } from './engine-clients.js';
import type { EngineContext } from './engine-context.js';
import type { Grants } from './grants.js';

export interface AdapterParts {
  readonly artifacts: ArtifactStore;
  readonly clients: EngineClients;
  readonly devices: DeviceCodes;
  readonly grants: Grants;
  readonly context: EngineContext;
}

/** Where the engine finds and keeps its things, one adapter for each of its models. */
export function adapterFactory({ artifacts, clients, devices, grants, context }: AdapterParts): AdapterFactory {
  return (model) => {
    switch (model) {
      case 'Client':
        return adapter(model, { find: (id) => clients.metadataOf(id) });
      case 'Grant':
        return adapter(model, {
          find: async (id) => {
            const granted = await grants.find(id);
            return granted && grants.payloadOf(granted);
          },
          destroy: (id) => grants.endTokensOf(id),
        });
      case 'AccessToken':
      case 'ClientCredentials':
        // They are JWTs and kept nowhere. An opaque value is none of them.
        return adapter(model, { find: () => Promise.resolve(undefined) });
      case 'Session':
        return adapter(model, {
          ...kept(artifacts, model),
          find: async (id) => {
            const session = await artifacts.find(model, id);
            return session && isOf(session, context.signedInAs) ? session : undefined;
          },
          findByUid: (uid) => artifacts.findSessionByUid(uid),
        });
      case 'DeviceCode':
        return adapter(model, {
          ...kept(artifacts, model),
          upsert: (id, payload, ttl) => devices.save(id, payload, lifeOf(ttl)),
          findByUserCode: (userCode) => devices.find(userCode),
        });
      case 'Interaction':
        return adapter(model, {
          ...kept(artifacts, model),
          find: async (id) => {
            const interaction = await artifacts.find(model, id);
            return interaction && isAnsweredBy(interaction, context.signedInAs) ? interaction : undefined;
          },
        });
      case 'AuthorizationCode':
      case 'PushedAuthorizationRequest':
      case 'RefreshToken':
        return adapter(model, kept(artifacts, model));
      default:
        return adapter(model, {});
    }
  };
}

/** The engine's session ends with ours: without our own, or with somebody else's, it is as if it were not there. */
function isOf(session: AdapterPayload, signedInAs: string | null | undefined): boolean {
  return session.accountId === undefined || session.accountId === signedInAs;
}

/**
 * What somebody has answered is taken to the client by their own browser alone: whoever had planted the visit there
 * would come out of it as them. Our pages, which stand outside of any request of the engine's, look at it as it is.
 */
function isAnsweredBy({ result }: AdapterPayload, signedInAs: string | null | undefined): boolean {
  const { login } = (result ?? {}) as { login?: { accountId: string } };
  return login === undefined || signedInAs === undefined || login.accountId === signedInAs;
}

function kept(artifacts: ArtifactStore, model: string): Partial<Adapter> {
  return {
    upsert: (id, payload, ttl) => artifacts.save(model, id, payload, lifeOf(ttl)),
    find: (id) => artifacts.find(model, id),
    consume: (id) => artifacts.consume(model, id),
    destroy: (id) => artifacts.remove(model, id),
    // Nothing to do: the grant is destroyed at the same moment, and its epoch ends all that was made under it.
    revokeByGrantId: () => Promise.resolve(),
  };
}

/** Nothing here is kept for ever; the engine gives everything an end. */
function lifeOf(ttl: number | undefined): number {
  if (ttl === undefined) throw new Error('The engine gave no time to live.');
  return ttl;
}

function adapter(model: string, methods: Partial<Adapter>): Adapter {
  const refuse = (method: string) => () => Promise.reject(new Error(`${model} has no ${method} here.`));
  return {
    upsert: refuse('upsert'),
    find: refuse('find'),
    findByUserCode: refuse('findByUserCode'),
    findByUid: refuse('findByUid'),
    consume: refuse('consume'),
    destroy: refuse('destroy'),
    revokeByGrantId: () => Promise.resolve(),
    ...methods,
  };
}

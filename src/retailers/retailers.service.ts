import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ArrayContains, In } from 'typeorm';

import { Kek } from '../platform/crypto/kek.js';
import { WrappedKeys } from '../platform/crypto/wrapped-keys.js';
import { decodeSubject, encodeSubject } from '../platform/crypto/pairwise.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, named, type Reader } from '../platform/database/database.js';
import { Client, type ClientStatus, isClientId } from './client.entity.js';
import { Retailer, type RetailerStatus } from './retailer.entity.js';
import { ClientNotFoundError, RetailerNotFoundError, RetailerSuspendedError } from './retailers.errors.js';
import {
  type ClientPage,
  clientsOf,
  listRetailers,
  type RetailerFilter,
  retailersOfWebsites,
} from './retailers.queries.js';

/** What pages and lists show of a retailer. */
export type RetailerDescription = Pick<
  Retailer,
  'id' | 'name' | 'legalName' | 'website' | 'privacyUrl' | 'incentive' | 'country' | 'sectors' | 'status'
>;

export interface ClientWithRetailer {
  readonly client: Client;
  readonly retailer: Retailer;
}

/** Where a client and its retailer stand at this moment. */
export interface ClientState {
  readonly retailerId: string;
  readonly client: ClientStatus;
  readonly retailer: RetailerStatus;
}

const CLIENT_STATE = `
  select c.retailer_id as "retailerId", c.status as client, r.status as retailer
    from clients c join retailers r on r.id = c.retailer_id
   where c.id = $1`;

// PostgreSQL gives a row another version with every change; one that a transaction has not committed is seen by it alone.
// The times tell copies of a row on several machines apart, whose versions have nothing to do with each other.
const ACTIVE_CLIENT = `
  select concat_ws('|', c.xmin, c.ctid, c.updated_at, r.xmin, r.ctid, r.updated_at) as state
    from clients c join retailers r on r.id = c.retailer_id
   where c.id = $1 and c.status = 'active' and r.status = 'active'`;

const DISPLAY_CACHE_MS = 1_000;
const ACTIVE_CACHE_MS = 60_000;
const CACHED = 10_000;

/** By what the pairwise key of a retailer is bound to its row. */
export const pairwiseAad = (retailerId: string): string => `pairwise:${retailerId}`;

/** Retailers and their clients, as the rest of the service asks about them. */
@Injectable()
export class RetailersService {
  private readonly clients = new LRUCache<string, ClientWithRetailer>({ max: CACHED, ttl: DISPLAY_CACHE_MS });
  private readonly active = new LRUCache<string, ClientWithRetailer & { readonly state: string }>({
    max: CACHED,
    ttl: ACTIVE_CACHE_MS,
  });
  private readonly sources = new LRUCache<string, readonly string[]>({ max: CACHED, ttl: DISPLAY_CACHE_MS });
  // A pairwise key never changes, so that it may be kept as long as there is room.
  private readonly pairwiseKeys = new LRUCache<string, Buffer>({ max: CACHED });

  constructor(
    private readonly database: Database,
    private readonly kek: Kek,
    wrapped: WrappedKeys,
  ) {
    wrapped.register({ table: 'retailers', column: 'pairwise_key', key: { id: 'uuid' }, of: 'id', aad: pairwiseAad });
  }

  /** @throws RetailerNotFoundError */
  async get(id: string, reader: Reader = this.database.reader): Promise<Retailer> {
    const retailer = await reader.findOneBy(Retailer, { id });
    if (!retailer) throw new RetailerNotFoundError(id);
    return retailer;
  }

  /** One page of retailers, newest first, and one more when there are more. */
  list(filter: RetailerFilter): Promise<Retailer[]> {
    return listRetailers(this.database.reader, filter);
  }

  /** @throws RetailerNotFoundError unless it is there and active, as everybody may see it */
  async getActive(id: string): Promise<Retailer> {
    const retailer = await this.get(id);
    if (retailer.status !== 'active') throw new RetailerNotFoundError(id);
    return retailer;
  }

  clientsOf(retailerId: string, page: ClientPage): Promise<Client[]> {
    return clientsOf(this.database.reader, retailerId, page);
  }

  /** Its clients that can send a customer's browser here at this moment, the oldest first. */
  askingClients(retailerId: string): Promise<Client[]> {
    return this.database.reader.find(Client, {
      where: { retailerId, status: 'active', grantTypes: ArrayContains(['authorization_code']) },
      order: { createdAt: 'ASC', id: 'ASC' },
    });
  }

  /** The touchpoints at which any of its clients can act at this moment. */
  async servedTouchpoints(retailerId: string): Promise<string[]> {
    const rows = await this.database.reader.query<{ touchpoint: string }[]>(
      `select distinct unnest(touchpoints) as touchpoint from clients where retailer_id = $1 and status = 'active'`,
      [retailerId],
    );
    return rows.map(({ touchpoint }) => touchpoint);
  }

  /** @throws ClientNotFoundError when there is none such of this retailer */
  async clientOf(retailerId: string, clientId: string): Promise<Client> {
    const client = isClientId(clientId)
      ? await this.database.reader.findOneBy(Client, { id: clientId, retailerId })
      : null;
    if (!client) throw new ClientNotFoundError(clientId);
    return client;
  }

  /** For lists and pages: what those of the ids that exist are called. */
  async describe(ids: readonly string[]): Promise<Map<string, RetailerDescription>> {
    const distinct = [...new Set(ids)];
    const retailers = distinct.length ? await this.database.reader.findBy(Retailer, { id: In(distinct) }) : [];
    return new Map(retailers.map((retailer) => [retailer.id, retailer]));
  }

  /** Those that have one of these websites, however it is spelt: for what was written down elsewhere. */
  ofWebsites(websites: readonly string[]): Promise<RetailerDescription[]> {
    return retailersOfWebsites(this.database.reader, [...new Set(websites)]);
  }

  /**
   * The client and its retailer, at most a second old: for what is shown and for keys. Whether they are active is
   * decided by the statement that serves the request, or by `assertActive`.
   */
  async clientById(clientId: string): Promise<ClientWithRetailer | null> {
    const cached = this.clients.get(clientId);
    if (cached) return cached;
    const client = isClientId(clientId) && (await this.database.reader.findOneBy(Client, { id: clientId }));
    if (!client) return null;
    const found = { client, retailer: await this.get(client.retailerId) };
    this.clients.set(clientId, found);
    return found;
  }

  /**
   * The client and its retailer as they stand now, or undefined unless both are active. Whether what is known of them
   * still stands is told by the versions of their rows.
   */
  async activeClient(reader: Reader, clientId: string): Promise<ClientWithRetailer | undefined> {
    if (!isClientId(clientId)) return undefined;
    const [row] = await named<{ state: string }>(reader, 'retailers.active-client', ACTIVE_CLIENT, [clientId]);
    if (!row) return undefined;
    const known = this.active.get(clientId);
    if (known?.state === row.state) return known;
    const client = await reader.findOneBy(Client, { id: clientId, status: 'active' });
    const retailer = client && (await reader.findOneBy(Retailer, { id: client.retailerId, status: 'active' }));
    if (!client || !retailer) return undefined;
    const found = { client, retailer, state: row.state };
    this.active.set(clientId, found);
    return found;
  }

  /** Where the client and its retailer stand now, or null when there is no such client. */
  async clientState(clientId: string, reader?: Reader): Promise<ClientState | null> {
    if (!isClientId(clientId)) return null;
    const [state] = reader
      ? await reader.query<ClientState[]>(CLIENT_STATE, [clientId])
      : await this.database.named<ClientState>('retailers.client-state', CLIENT_STATE, [clientId]);
    return state ?? null;
  }

  /** The sources from which the client reports, by their beginnings; empty for any. A second old at most. */
  async sourcePrefixesOf(clientId: string, reader: Reader = this.database.reader): Promise<readonly string[]> {
    const known = this.sources.get(clientId);
    if (known) return known;
    const client = await reader.findOne(Client, {
      select: { id: true, sourcePrefixes: true },
      where: { id: clientId },
    });
    const prefixes = client?.sourcePrefixes ?? [];
    this.sources.set(clientId, prefixes);
    return prefixes;
  }

  /** @throws RetailerSuspendedError unless the client and its retailer are active now */
  async assertActive(clientId: string, reader?: Reader): Promise<void> {
    const state = await this.clientState(clientId, reader);
    if (state?.client !== 'active' || state.retailer !== 'active') throw new RetailerSuspendedError();
  }

  /** The `sub` by which this retailer knows the customer. */
  async subjectFor(retailerId: string, customer: CustomerKey, reader: Reader = this.database.reader): Promise<string> {
    return encodeSubject(customer.customerId, await this.pairwiseKeyOf(retailerId, reader));
  }

  /** The customer behind a `sub`, or null when it is none that this retailer was given. */
  async customerOf(retailerId: string, subject: string): Promise<CustomerKey | null> {
    return decodeSubject(subject, await this.pairwiseKeyOf(retailerId));
  }

  /** The key for many subjects at once: with it, `encodeSubject` and `decodeSubject` need no waiting. */
  async pairwiseKeyOf(retailerId: string, reader: Reader = this.database.reader): Promise<Buffer> {
    const cached = this.pairwiseKeys.get(retailerId);
    if (cached) return cached;
    const [row] = await reader.query<{ pairwise_key: Buffer }[]>('select pairwise_key from retailers where id = $1', [
      retailerId,
    ]);
    if (!row) throw new RetailerNotFoundError(retailerId);
    const key = this.kek.unwrap(row.pairwise_key, pairwiseAad(retailerId));
    this.pairwiseKeys.set(retailerId, key);
    return key;
  }
}

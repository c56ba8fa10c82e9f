import type { Reader, Tx } from '../platform/database/database.js';
import { Client } from './client.entity.js';
import type { Menu } from './menu.js';
import { Retailer, type RetailerStatus } from './retailer.entity.js';

export interface RetailerFilter {
  status?: RetailerStatus;
  sector?: string;
  /** Only those after this id, newest first. */
  before?: string;
  limit: number;
}

/** Newest first: ids are made in the order of time. */
export function listRetailers(reader: Reader, { status, sector, before, limit }: RetailerFilter): Promise<Retailer[]> {
  const query = reader.createQueryBuilder(Retailer, 'r').orderBy('r.id', 'DESC').take(limit);
  if (status) query.andWhere('r.status = :status', { status });
  if (sector) query.andWhere('r.sectors @> array[:sector]', { sector });
  if (before) query.andWhere('r.id < :before', { before });
  return query.getMany();
}

/** What the retailer has published for its touchpoints; null when there is no such retailer. */
export async function findMenu(reader: Reader, id: string): Promise<Menu | null> {
  const [row] = await reader.query<{ menu: Menu }[]>('select menu from retailers where id = $1', [id]);
  return row?.menu ?? null;
}

/** One spelling of a website, by which retailers of different brokers are found to be the same. */
export function websiteKey(website: string): string {
  return website.toLowerCase().replace(/\/+$/, '');
}

/** Those of the admitted ones that have one of these websites. */
export function retailersOfWebsites(reader: Reader, websites: readonly string[]): Promise<Retailer[]> {
  return reader
    .createQueryBuilder(Retailer, 'r')
    .where(`lower(rtrim(r.website, '/')) = any(:keys)`, { keys: websites.map(websiteKey) })
    .andWhere(`r.status <> 'pending'`)
    .getMany();
}

/** Loads the retailer and holds its row until commit. */
export function lockRetailer(tx: Tx, id: string): Promise<Retailer | null> {
  return tx.findOne(Retailer, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

export interface ClientPage {
  before?: { createdAt: Date; id: string };
  limit: number;
}

/** Newest first. */
export function clientsOf(reader: Reader, retailerId: string, { before, limit }: ClientPage): Promise<Client[]> {
  const query = reader
    .createQueryBuilder(Client, 'c')
    .where('c.retailerId = :retailerId', { retailerId })
    .orderBy({ 'c.createdAt': 'DESC', 'c.id': 'DESC' })
    .take(limit);
  if (before) query.andWhere('(c.createdAt, c.id) < (:createdAt, :id)', before);
  return query.getMany();
}

/** Loads the client and holds its row until commit. */
export function lockClient(tx: Tx, retailerId: string, id: string): Promise<Client | null> {
  return tx.findOne(Client, { where: { id, retailerId }, lock: { mode: 'pessimistic_write' } });
}

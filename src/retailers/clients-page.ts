import { decodeCursor, type Page, pageOf, type PageQuery, pageSize } from '../platform/http/paging.js';
import type { Client } from './client.entity.js';
import { ClientDto } from './clients.dto.js';
import type { ClientPage } from './retailers.queries.js';

/** The page of clients that a query asks for. */
export async function clientsPage(
  query: PageQuery,
  load: (page: ClientPage) => Promise<Client[]>,
): Promise<Page<ClientDto>> {
  const limit = pageSize(query);
  const cursor = decodeCursor(query.cursor, ['time', 'text']);
  const before = cursor && { createdAt: cursor[0], id: cursor[1] };
  const page = pageOf(await load({ before, limit: limit + 1 }), limit, ({ createdAt, id }) => [createdAt, id]);
  return { ...page, items: page.items.map((client) => ClientDto.of(client)) };
}

import type { Preference } from '../../src/preferences/preference.js';
import type { TestCustomer } from './actors.js';

/** All items of a list, whatever the size of its pages. */
export async function all<T = Preference>({ api }: TestCustomer, path: string): Promise<T[]> {
  const items: T[] = [];
  let next = path;
  for (;;) {
    const { body } = await api.get(next).expect(200);
    items.push(...body.items);
    if (body.next_cursor === null) return items;
    next = `${path}${path.includes('?') ? '&' : '?'}cursor=${body.next_cursor}`;
  }
}

import type { Touchpoint } from '../vocabulary/code-lists.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';

/** What a retailer does with an attribute, in its own words. */
export interface Does {
  readonly en: string;
  readonly de?: string;
}

/** One attribute that a retailer can honour at a touchpoint. */
export interface MenuItem {
  readonly attribute: string;
  readonly does: Does;
}

/** What a retailer can honour, by touchpoint. One that is not there has nothing published: its default view holds. */
export type Menu = Readonly<Partial<Record<Touchpoint, readonly MenuItem[]>>>;

/** The attributes of a menu, by touchpoint. */
export type MenuAttributes = Readonly<Partial<Record<string, readonly string[]>>>;

export function attributesOfMenu(menu: Menu): MenuAttributes {
  return Object.fromEntries(
    Object.entries(menu).map(([touchpoint, items]) => [touchpoint, items.map(({ attribute }) => attribute)]),
  );
}

/** The attributes of a menu by the names that they have today: one that was renamed stays in it. */
export function underTodaysNames(
  menu: MenuAttributes,
  vocabulary: Pick<Vocabulary, 'nameOf' | 'renames'>,
): MenuAttributes {
  if (!vocabulary.renames) return menu;
  return Object.fromEntries(
    Object.entries(menu).map(([touchpoint, names = []]) => [touchpoint, names.map((name) => vocabulary.nameOf(name))]),
  );
}

/** What the retailer declares to do with an attribute at a touchpoint; null when it has said nothing of it. */
export function doesAt(menu: Menu, touchpoint: Touchpoint, attribute: string): Does | null {
  return menu[touchpoint]?.find((item) => item.attribute === attribute)?.does ?? null;
}

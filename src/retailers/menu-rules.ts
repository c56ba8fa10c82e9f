import type { FieldError } from '../platform/errors.js';
import type { Touchpoint } from '../vocabulary/code-lists.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { Menu, MenuItem } from './menu.js';
import { ADDRESSING, addressedBy } from './touchpoint-view.js';

/** What a retailer publishes for one of its touchpoints. */
export interface TouchpointMenu {
  readonly touchpoint: Touchpoint;
  readonly attributes: readonly MenuItem[];
}

export function menuOf(touchpoints: readonly TouchpointMenu[]): Menu {
  return Object.fromEntries(touchpoints.map(({ touchpoint, attributes }) => [touchpoint, attributes]));
}

/** All that is wrong with a menu, by JSON pointer into the body of the request. */
export function faultsOfMenu(
  menu: readonly TouchpointMenu[],
  vocabulary: Vocabulary,
  touchpointsOfRetailer: readonly string[],
): FieldError[] {
  return menu.flatMap(({ touchpoint, attributes }, place) => {
    const base = `/touchpoints/${place}`;
    const names = attributes.map(({ attribute }) => attribute);
    return [
      ...(touchpointsOfRetailer.includes(touchpoint)
        ? []
        : [{ pointer: `${base}/touchpoint`, detail: 'is not a touchpoint of yours' }]),
      ...(menu.findIndex((other) => other.touchpoint === touchpoint) < place
        ? [{ pointer: `${base}/touchpoint`, detail: 'is there already: each touchpoint has one menu' }]
        : []),
      ...names.flatMap((name, index) => {
        const detail = names.indexOf(name) < index ? 'is there already' : faultOf(name, touchpoint, vocabulary);
        return detail ? [{ pointer: `${base}/attributes/${index}/attribute`, detail }] : [];
      }),
    ];
  });
}

function faultOf(name: string, touchpoint: Touchpoint, vocabulary: Vocabulary): string | null {
  const attribute = vocabulary.attribute(name);
  if (!attribute) return 'is not an attribute of ccx-core';
  if (!attribute.touchpoints.includes(touchpoint)) return `is never given at the touchpoint ${touchpoint}`;
  if (addressedBy(touchpoint) && name !== ADDRESSING)
    return `is not given here: only ${ADDRESSING} is, as a yes or a no`;
  return null;
}

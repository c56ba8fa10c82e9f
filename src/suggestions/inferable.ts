import { isSpecial } from '../vocabulary/attribute.js';
import { ccxCore120 } from '../vocabulary/ccx-core/1.2.0.js';
import { Vocabulary } from '../vocabulary/vocabulary.js';

declare const brand: unique symbol;

/** An attribute that may be concluded from what a customer does. Only {@link inferable} makes one. */
export type InferablePath = string & { readonly [brand]: 'inferable' };

const shipped = new Vocabulary(ccxCore120);

/** Whether a vocabulary lets this attribute be concluded from what a customer does: a later release may end it. */
export function mayBeInferred(path: InferablePath, vocabulary: Vocabulary): boolean {
  return allows(path, vocabulary);
}

/**
 * Declares that a rule concludes this attribute.
 *
 * @throws TypeError as the service starts, when the vocabulary that comes with it does not let it
 */
export function inferable(path: string): InferablePath {
  if (!allows(path, shipped)) throw new TypeError(`${path} may not be inferred in ccx-core ${shipped.version}.`);
  return path as InferablePath;
}

function allows(path: string, vocabulary: Vocabulary): boolean {
  const attribute = vocabulary.attribute(vocabulary.nameOf(path));
  return attribute?.status === 'active' && attribute.inferable && !isSpecial(attribute);
}

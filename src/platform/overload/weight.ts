import { routeTraits } from '../http/route.js';

/** Of customers or events in one request, so many are weighed one by one: more of them weigh no more. */
const MANY = 4;

/**
 * What an operation takes of the places (`REQUESTS_AT_ONCE`) and of its caller's turns, where it is more than the read
 * of one customer, which weighs 1.
 */
export const Weighs = (weight: number): MethodDecorator => routeTraits({ weight });

/**
 * The same for an operation on many: as much as there are, up to what many weigh, which it takes until its body is read.
 *
 * @param these What it works on, out of a body of which no more is known than that it could be read.
 */
export const WeighsEach = (these: (body: unknown) => unknown): MethodDecorator =>
  routeTraits({ weight: MANY, weightOf: (body) => weightOfEach(these(body)) });

/** What many weigh, where it is not plain how many there are. */
function weightOfEach(these: unknown): number {
  return Array.isArray(these) ? Math.min(Math.max(these.length, 1), MANY) : MANY;
}

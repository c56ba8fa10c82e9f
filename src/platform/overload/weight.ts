import { type RouteTraits, routeTraits } from '../http/route.js';

/** Of customers or events in one request, so many are weighed one by one: more of them weigh no more. */
const WEIGHED = 4;

/**
 * What an operation takes of the places (`REQUESTS_AT_ONCE`) and of its caller's turns, where it is more than the read
 * of one customer, which weighs 1; or what tells it by the body, of which no more is known than that it could be read.
 */
export const Weighs = (weight: NonNullable<RouteTraits['weight']>): MethodDecorator => routeTraits({ weight });

/** What it weighs to work on each of these; where it is not plain how many they are, what many weigh. */
export function weightOfEach(these: unknown): number {
  return Array.isArray(these) ? Math.min(Math.max(these.length, 1), WEIGHED) : WEIGHED;
}

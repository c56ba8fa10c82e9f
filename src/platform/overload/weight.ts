import { routeTraits } from '../http/route.js';

/**
 * What an operation takes of the places (`REQUESTS_AT_ONCE`) and of its caller's turns, where it is more than the read
 * of one customer, which weighs 1.
 */
export const Weighs = (weight: number): MethodDecorator => routeTraits({ weight });

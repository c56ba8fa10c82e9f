import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Ticket } from './admission.js';
import type { Manner } from './refusal.js';

/** What a request takes of the room, at least: the bytes of its connection and of what the service knows about it. */
const ROOM_BYTES = 16_384;
/** What a body is taken for whose length is not said: as much as most operations take. */
const UNSAID_BYTES = 1_048_576;
/** The most that any operation takes. A body that says it is longer is refused by its route, and not waited for. */
const LONGEST_BYTES = 8_388_608;

/** A request and its answer. */
export interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** How its caller is used to being refused. */
  readonly manner: Manner;
  /** Whether it was seen before that only its caller goes on with it. */
  hasPaused: boolean;
}

const TICKET = Symbol('ticket');
type Visitor = IncomingMessage & { [TICKET]?: Ticket<Visit> };

export function giveTicket(request: IncomingMessage, ticket: Ticket<Visit>): void {
  (request as Visitor)[TICKET] = ticket;
}

export function ticketOf(request: IncomingMessage): Ticket<Visit> | undefined {
  return (request as Visitor)[TICKET];
}

/** How many bytes of a body to wait for before the request is worked on. */
export function bytesToAwait({ headers }: IncomingMessage): number {
  if (headers['transfer-encoding'] !== undefined) return UNSAID_BYTES;
  const length = Number(headers['content-length'] ?? 0);
  return length > LONGEST_BYTES ? 0 : length;
}

/** How much room a request takes that waits for so many bytes. */
export const roomFor = (bytes: number): number => 1 + Math.ceil(bytes / ROOM_BYTES);

/** Whether there is nothing to do for it but to wait: for the rest of its body, or for its answer to be read. */
export function isUpToCaller({ request, response }: Visit): boolean {
  return response.headersSent || !request.complete;
}

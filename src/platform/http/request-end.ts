import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What is still to be done for each connection. A caller may send the next request before the last is answered. */
const waiting = new WeakMap<Socket, Set<() => void>>();

/**
 * Does `work` once: when the answer has gone or its connection is closed. Of the answers that stand in a row behind
 * another one, Node.js does not tell that their connection was closed.
 */
export function onRequestEnd(socket: Socket, response: ServerResponse, work: () => void): void {
  const others = waitingFor(socket);
  const end = (): void => {
    if (others.delete(end)) work();
  };
  others.add(end);
  response.once('close', end);
}

function waitingFor(socket: Socket): Set<() => void> {
  const known = waiting.get(socket);
  if (known) return known;
  const made = new Set<() => void>();
  waiting.set(socket, made);
  socket.once('close', () => made.forEach((end) => end()));
  return made;
}

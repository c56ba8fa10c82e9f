import { Readable } from 'node:stream';

/** Parts go to the network in pieces of about this size: a write for each would cost more than what is written. */
const PIECE_CHARACTERS = 65_536;

/**
 * An answer of any length as a stream, no faster than it is taken. Whoever stops reading stops the work. A failure under
 * way breaks the stream off.
 */
export function textStream(parts: AsyncIterable<string>): Readable {
  // One piece waits while the next is made, no more.
  return Readable.from(inPieces(parts), { objectMode: true, highWaterMark: 1 });
}

async function* inPieces(parts: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = '';
  for await (const part of parts) {
    piece += part;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  if (piece) yield piece;
}

import type { IncomingMessage } from 'node:http';

/**
 * Waits until the body of a request has come, and leaves it there to be read. Done also when it is longer than `most`
 * bytes or when the caller has gone: whoever reads it then finds that out.
 */
export function bodyArrival(request: IncomingMessage, most: number): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    const look = (): void => {
      // Never read when there is nothing: that would end the stream, after which nothing can be put back.
      while (request.readableLength > 0) {
        const chunk = request.read() as Buffer;
        chunks.push(chunk);
        size += chunk.length;
      }
      if (request.complete || request.destroyed || size > most) done();
    };
    const done = (): void => {
      request.off('readable', look).off('close', done);
      if (chunks.length > 0) request.unshift(Buffer.concat(chunks, size));
      resolve();
    };
    request.on('readable', look).on('close', done);
    look();
  });
}

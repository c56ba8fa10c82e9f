import type { Response } from 'supertest';

/** What supertest makes of a streamed answer that it does not know how to read. */
export function asBytes(answer: Response, done: (error: Error | null, bytes: Buffer) => void): void {
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => chunks.push(chunk));
  answer.on('end', () => done(null, Buffer.concat(chunks)));
}

/** The same as text. */
export function asText(answer: Response, done: (error: Error | null, text: string) => void): void {
  asBytes(answer, (error, bytes) => done(error, bytes.toString()));
}

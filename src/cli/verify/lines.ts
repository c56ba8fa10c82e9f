import { malformed } from './fault.js';
import { decodeUtf8, type Json, parseJson } from './json.js';

const NEWLINE = 0x0a;
/** Many times as long as the longest line that CCX writes. */
const LONGEST_LINE = 4 * 1024 * 1024;

/** The lines of a stream, one at a time. @throws Fault for a line that is too long, not UTF-8, or not ended */
export async function* linesOf(chunks: AsyncIterable<Buffer>, what: string): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  let length = 0;
  let number = 1;
  const lineOf = (parts: readonly Buffer[]) => decodeUtf8(Buffer.concat(parts), `line ${number++} of ${what}`);
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield lineOf([...rest, chunk.subarray(start, end)]);
      rest = [];
      length = 0;
      start = end + 1;
    }
    length += chunk.length - start;
    if (length > LONGEST_LINE) throw malformed(`line ${number} of ${what} is longer than ${LONGEST_LINE} bytes`);
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
  // CCX ends every line: a file whose last one is not was cut off, or changed.
  if (length > 0) throw malformed(`${what} breaks off within line ${number}`);
}

/** The records of a stream of newline-delimited JSON. @throws Fault */
export async function* recordsOf(chunks: AsyncIterable<Buffer>, what: string): AsyncGenerator<Json> {
  let number = 0;
  for await (const line of linesOf(chunks, what)) {
    number++;
    if (line.trim() !== '') yield parseJson(line, `line ${number} of ${what}`);
  }
}

/**
 * Lets a command end as it would have when its reader has seen enough and closes, as `head` does. What is still printed
 * then goes nowhere.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** Tells people how a command gets on. It goes to the standard error, so that the standard output is the result's. */
export function say(line = ''): void {
  process.stderr.write(`${line}\n`);
}

/** Prints the result of a command. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Prints a record: as JSON for programs, as lines of `name  value` for people. */
export function printRecord(record: object, json: boolean): void {
  if (json) return print(JSON.stringify(record, null, 2));
  const entries = Object.entries(record).filter(([, value]) => value !== null && value !== undefined);
  const width = Math.max(...entries.map(([name]) => name.length));
  print(entries.map(([name, value]) => `${name.padEnd(width)}  ${inWords(value)}`).join('\n'));
}

/** Prints many records: as a JSON list, or as one block each. */
export function printRecords(records: readonly object[], json: boolean): void {
  if (json) return print(JSON.stringify(records, null, 2));
  for (const [index, record] of records.entries()) {
    if (index > 0) print('');
    printRecord(record, false);
  }
}

function inWords(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join(' ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

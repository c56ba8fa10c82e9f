import { ScratchFile } from './scratch-file.js';

/** A list that is held in a file: in memory there is only where each entry ends. */
export class Spool<T> {
  private readonly file = new ScratchFile();
  private readonly ends: number[] = [];

  get length(): number {
    return this.ends.length;
  }

  add(entry: T): void {
    this.file.append(Buffer.from(JSON.stringify(entry)));
    this.ends.push(this.file.length);
  }

  /** @throws RangeError when there is no such entry */
  at(index: number): T {
    const end = this.ends[index];
    if (end === undefined) throw new RangeError(`There is no entry ${index}.`);
    return JSON.parse(this.file.read(this.ends[index - 1] ?? 0, end).toString()) as T;
  }

  close(): void {
    this.file.close();
  }
}

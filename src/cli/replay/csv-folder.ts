import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { parse } from 'csv-parse';

import { CliError, exitCodes } from '../errors.js';

/** A file of a data set and the columns that it must have, in this order. */
export interface CsvFile<Column extends string = string> {
  readonly path: string;
  readonly columns: readonly Column[];
}

/** Some CSV files in a folder, compressed or not, read as streams. */
export class CsvFolder<File extends string> {
  /** @throws CliError when a file is not there */
  constructor(
    private readonly folder: string,
    private readonly files: Readonly<Record<File, CsvFile>>,
  ) {
    const missing = Object.values<CsvFile>(files).filter(({ path }) => !existsSync(join(folder, path)));
    if (missing.length > 0) {
      const names = missing.map(({ path }) => path).join(' and no ');
      throw new CliError(`There is no ${names} in ${folder}. --path names the folder.`, exitCodes.misused);
    }
  }

  /** The rows of a file after its header; `read` is told of each. @throws CliError when its columns are others */
  async *rows(file: File, read: (file: string) => void): AsyncGenerator<string[]> {
    const { path, columns } = this.files[file];
    const csv = parse();
    const content = createReadStream(join(this.folder, path));
    // An error of any of them ends the last one, which is the one that is read.
    if (path.endsWith('.gz')) pipeline(content, createGunzip(), csv, () => undefined);
    else pipeline(content, csv, () => undefined);

    let header: string[] | undefined;
    for await (const row of csv as AsyncIterable<string[]>) {
      if (header) {
        read(file);
        yield row;
      } else if ((header = row).join() !== columns.join()) {
        throw new CliError(`${path} should have the columns ${columns.join(', ')}, but has ${row.join(', ')}.`);
      }
    }
  }
}

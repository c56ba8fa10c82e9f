import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';

import { malformed, quoted, unreadable } from './fault.js';

const BLOCK = 512;
/** Packed and unpacked: what is larger is verified from a folder, where nothing has to be held in memory. */
export const LARGEST_ARCHIVE = 256 * 1024 * 1024;
const MOST_FILES = 20_000;

/** The files in a tar archive, packed with gzip or not, by their paths. Nothing is written anywhere. @throws Fault */
export async function unpack(archive: Buffer): Promise<Map<string, Buffer>> {
  const tar = archive.readUInt16BE(0) === 0x1f8b ? await gunzipped(archive) : archive;
  const files = new Map<string, Buffer>();
  for (let at = 0; ;) {
    const header = blockAt(tar, at, BLOCK);
    if (isEmpty(header)) {
      // Others go on after a single empty block, and would unpack what was not looked at here.
      if (!isEmpty(tar.subarray(at))) throw malformed('the archive goes on after its end');
      return files;
    }
    const { path, size, type } = readHeader(header);
    const content = blockAt(tar, at + BLOCK, size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'folder') continue;
    if (files.has(path)) throw malformed(`the archive has ${quoted(path)} twice`);
    if (files.size === MOST_FILES) throw malformed(`the archive has more than ${MOST_FILES} files`);
    files.set(path, content);
  }
}

async function gunzipped(archive: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(archive, { maxOutputLength: LARGEST_ARCHIVE });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw unreadable(`the archive unpacks to more than ${LARGEST_ARCHIVE} bytes; verify the folder that it makes`);
    throw malformed('the archive is no whole gzip file');
  }
}

function blockAt(tar: Buffer, start: number, length: number): Buffer {
  if (start + length > tar.length) throw malformed('the archive breaks off');
  return tar.subarray(start, start + length);
}

/** A header of POSIX.1-1988 (ustar). Extensions are refused: they are another way to name a file or give its size. */
function readHeader(header: Buffer): { path: string; size: number; type: 'file' | 'folder' } {
  if (header.toString('latin1', 257, 262) !== 'ustar' || octal(header, 148, 8) !== checksum(header))
    throw malformed('the archive is no tar file, or damaged');
  const flag = header.toString('latin1', 156, 157);
  // Only POSIX has the rest of a long path there; who packs otherwise takes no notice of it, and unpacks another file.
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? textAt(header, 345, 155) : '';
  const path = [prefix, textAt(header, 0, 100)].filter((part) => part !== '').join('/');
  const type = ({ '0': 'file', '\0': 'file', '5': 'folder' } as const)[flag];
  if (!type) {
    throw malformed(
      `the archive has ${quoted(path)} of type ${quoted(flag)}, which is no plain file; if it was packed again, verify the folder instead`,
    );
  }
  if (!isHarmless(type === 'folder' ? path.replace(/\/$/, '') : path))
    throw malformed(`the archive has the path ${quoted(path)}, which leads out of it or is none`);
  return { path, size: octal(header, 124, 12), type };
}

/** Nothing is ever written under it, but a bundle that tries is not one of ours, and it is shown to people. */
export function isHarmless(path: string): boolean {
  return /^[\w.@+-][\w.@+/ -]*$/.test(path) && !path.split('/').some((part) => part === '' || /^\.*$/.test(part));
}

function isEmpty(blocks: Buffer): boolean {
  return blocks.every((byte) => byte === 0);
}

function textAt(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end < 0 ? length : end);
}

function octal(header: Buffer, start: number, length: number): number {
  const text = textAt(header, start, length).trim();
  if (!/^[0-7]+$/.test(text)) throw malformed('the archive is no tar file, or damaged');
  return parseInt(text, 8);
}

function checksum(header: Buffer): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

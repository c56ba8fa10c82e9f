import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Fault, quoted, unreadable } from './fault.js';

/** Where the files of a log are read: a folder with a mirror, or its address. */
export interface LogSource {
  readonly name: string;
  /** Whether it is the log as it is now, and no copy that somebody made. */
  readonly isLive: boolean;
  /**
   * The bytes at this path below `/log/v1/`, or null where there is nothing.
   *
   * @throws Fault when it cannot be read or is longer than `longest`
   */
  read(path: string, longest: number): Promise<Buffer | null>;
}

const TIMEOUT_MS = 30_000;
const ATTEMPTS = 4;
const LONGEST_PAUSE_S = 60;

export function logSource(place: string): LogSource {
  return isAddress(place) ? addressSource(place) : folderSource(place);
}

export function isAddress(place: string): boolean {
  return /^https?:\/\//.test(place);
}

function folderSource(folder: string): LogSource {
  return {
    name: folder,
    isLive: false,
    // Paths are made here, of numbers, and come from nowhere else.
    read: (path, longest) => readRegularFile(join(folder, path), longest),
  };
}

/** @returns null where there is no such file. @throws Fault when it is not a file or too long to be what it should be */
export async function readRegularFile(path: string, longest: number): Promise<Buffer | null> {
  try {
    // Before it is opened: opening a pipe waits for somebody to write.
    const { size } = await regularFile(path);
    if (size > longest) throw unreadable(`${quoted(path)} has ${size} bytes, and more than ${longest} are not read`);
    const file = await open(path);
    try {
      const buffer = Buffer.alloc(size);
      const { bytesRead } = await file.read(buffer, 0, size, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw code ? unreadable(`${quoted(path)} cannot be read (${code})`) : error;
  }
}

/** @throws Fault for what is no file, such as a pipe that nobody writes to */
export async function regularFile(path: string): Promise<{ size: number }> {
  const found = await stat(path);
  if (!found.isFile()) throw unreadable(`${quoted(path)} is no file`);
  return found;
}

function addressSource(place: string): LogSource {
  const prefix = place.replace(/\/+$/, '').replace(/(\/log\/v1)?$/, '/log/v1');
  return { name: prefix, isLive: true, read: (path, longest) => fetchBytes(`${prefix}/${path}`, longest) };
}

/** @returns null for 404. @throws Fault */
export async function fetchBytes(address: string, longest: number): Promise<Buffer | null> {
  for (let attempt = 1; ; attempt++) {
    const answer = await answerOf(address);
    if (answer.ok) return wholeBody(answer, address, longest);
    await answer.body?.cancel();
    if (answer.status === 404) return null;
    // Too many at once is no answer; everything else is one.
    if (answer.status !== 429 || attempt === ATTEMPTS) throw unreadable(`${quoted(address)} answers ${answer.status}`);
    await pause(secondsToWait(answer) * 1_000);
  }
}

async function answerOf(address: string): Promise<Response> {
  try {
    return await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    throw unreadable(`${quoted(address)} does not answer (${reasonOf(error as Error)})`);
  }
}

async function wholeBody(answer: Response, address: string, longest: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    // Bounded as it arrives: what it declares, and what a compressed body grows to, are for the other side to choose.
    for await (const chunk of answer.body ?? []) {
      length += chunk.length;
      if (length > longest) throw unreadable(`${quoted(address)} answers more than ${longest} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw unreadable(`${quoted(address)} breaks off (${reasonOf(error as Error)})`);
  }
  return Buffer.concat(chunks);
}

function secondsToWait({ headers }: Response): number {
  const seconds = Number(headers.get('retry-after') ?? 1);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), LONGEST_PAUSE_S) : 1;
}

function reasonOf({ message, cause }: Error): string {
  return (cause as Error | undefined)?.message ?? message;
}

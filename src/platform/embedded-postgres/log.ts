import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import type { Account } from './account.js';

const KEEP_BYTES = 5_000_000;

/** Opens the server's log for appending; a long one is first set aside in the place of the one before. */
export async function openLog(path: string, account?: Account): Promise<{ handle: FileHandle; start: number }> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > KEEP_BYTES) await rename(path, `${path}.old`);
  const handle = await open(path, 'a', 0o600);
  // What root leaves must not stand in the way of the data's owner.
  if (account) await handle.chown(account.uid, account.gid);
  return { handle, start: size > KEEP_BYTES ? 0 : size };
}

/** Reads what was logged from an offset on. */
export async function readFrom(path: string, start: number): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.max(0, size - start)), { position: start });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

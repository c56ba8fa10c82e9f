import { createCipheriv, createDecipheriv } from 'node:crypto';

/**
 * One AES-256 block as a keyed permutation of 128-bit ids: the same id is always the same block, and only the key
 * leads back. A single block of a unique value needs no mode and no nonce.
 */
export function encryptBlock(key: Buffer, block: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
}

export const BLOCK_BYTES = 16;

/** Undoes it for any number of blocks that follow each other. */
export function decryptBlocks(key: Buffer, blocks: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  return Buffer.concat([decipher.update(blocks), decipher.final()]);
}

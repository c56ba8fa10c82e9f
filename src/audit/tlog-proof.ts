/** That an entry is in the tree of a checkpoint, as one text that is verified offline (C2SP tlog-proof). */
export function tlogProof(index: number, hashes: readonly Buffer[], checkpoint: string): string {
  const lines = ['c2sp.org/tlog-proof@v1', `index ${index}`, ...hashes.map((hash) => hash.toString('base64'))];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

import { type DataSourceSettings, serviceConnections } from './data-source.js';
import type { Pipelines } from './database.js';
import { Pipelined } from './pipelined.js';

/** Whoever wants more time than this for a read has the pool for it. */
const LONGEST_READ_MS = 2_000;
/** After so long without any answer, those who wait behind somebody else are asked for elsewhere. */
const LONGEST_SILENCE_MS = 3_000;

/** So many connections for reads, and as many for commits; none of either for 0, where the pool does both. */
export function pipelines(connections: number, settings: Omit<DataSourceSettings, 'pool'>): Pipelines | undefined {
  if (connections === 0) return undefined;
  const config = serviceConnections(settings);
  const impatient = { ...config, statement_timeout: LONGEST_READ_MS, longestSilenceMs: LONGEST_SILENCE_MS };
  return { reads: new Pipelined(connections, impatient), commits: new Pipelined(connections, config) };
}

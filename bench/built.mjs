import 'reflect-metadata'; // which entities want to be there before them

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = process.env.CCX_DIST
  ? pathToFileURL(`${resolve(process.env.CCX_DIST)}/`)
  : new URL('../dist/', import.meta.url);

/**
 * A module of the service as it was built: in `dist`, or where CCX_DIST says, so that two builds can be compared.
 *
 * @param {string} path from the root of the sources, without its ending
 * @returns {Promise<any>}
 */
export const built = (path) => import(new URL(`${path}.js`, folder).href);

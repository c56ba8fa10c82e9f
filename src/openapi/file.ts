import { stringify } from 'yaml';

import { createApp } from '../app.js';
import { loadConfig } from '../platform/config/config.js';
import { buildDocument } from './document.js';

/** The description of the API as a file, made without a database. */
export async function describeApi(): Promise<string> {
  const config = loadConfig({ NODE_ENV: 'test' });
  const app = await createApp(config, { databaseUrl: 'postgres://nowhere', preview: true });
  return stringify(buildDocument(app), { lineWidth: 120, aliasDuplicateObjects: false });
}

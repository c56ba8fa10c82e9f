import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { DOCUMENT_PATH } from '../openapi/document-path.js';
import { describeApi } from '../openapi/file.js';

mkdirSync(dirname(DOCUMENT_PATH), { recursive: true });
writeFileSync(DOCUMENT_PATH, await describeApi());
process.stdout.write(`Wrote ${DOCUMENT_PATH}\n`);

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { RECEIPT_SCHEMA_FILE, receiptSchema } from '../consents/receipt-schema.js';
import { DOCUMENT_PATH } from '../openapi/document-path.js';
import { EXPORT_SCHEMA_FILE, exportSchema } from '../portability/export-schema.js';
import { describeApi } from '../openapi/file.js';

mkdirSync(dirname(DOCUMENT_PATH), { recursive: true });
writeFileSync(DOCUMENT_PATH, await describeApi());
writeFileSync(RECEIPT_SCHEMA_FILE, `${JSON.stringify(receiptSchema, null, 2)}\n`);
writeFileSync(EXPORT_SCHEMA_FILE, `${JSON.stringify(exportSchema, null, 2)}\n`);
process.stdout.write(`Wrote ${DOCUMENT_PATH}, ${RECEIPT_SCHEMA_FILE} and ${EXPORT_SCHEMA_FILE}\n`);

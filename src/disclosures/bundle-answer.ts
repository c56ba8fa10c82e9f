import type { Readable } from 'node:stream';

import { StreamableFile } from '@nestjs/common';

import type { OperationAnswer } from '../platform/http/operation.js';

const GZIP = 'application/gzip';

/** How the API description tells of a bundle. */
export const bundleAnswer: OperationAnswer = {
  status: 200,
  description: 'The bundle: a tar file, compressed with gzip.',
  contentType: GZIP,
  schema: { type: 'string', format: 'binary' },
  headers: { 'Content-Disposition': { description: 'A name for the file.' } },
};

/** The answer that carries it. */
export function bundleFile(name: string, bundle: Readable): StreamableFile {
  return new StreamableFile(bundle, { type: GZIP, disposition: `attachment; filename="ccx-bundle-${name}.tar.gz"` });
}

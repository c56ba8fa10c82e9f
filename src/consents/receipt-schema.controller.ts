import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import type { JsonObject } from '../platform/json.js';
import { Access } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { RECEIPT_SCHEMA_PATH } from './receipt.js';
import { receiptSchema } from './receipt-schema.js';

/** What receipts look like, for whoever verifies one. */
@Controller()
export class ReceiptSchemaController {
  @Get(RECEIPT_SCHEMA_PATH)
  @Access('public')
  @Operation({
    id: 'getReceiptSchema',
    tag: 'Service',
    summary: 'The JSON Schema of consent receipts',
    description:
      'JSON Schema 2020-12 of a receipt’s payload, the same for both holders. Receipts name it in `$schema`.',
    ok: {
      status: 200,
      description: 'The schema.',
      contentType: 'application/schema+json',
      schema: { type: 'object' },
      example: { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'CCX consent receipt' },
    },
    errors: [],
  })
  schema(@Res({ passthrough: true }) reply: FastifyReply): JsonObject {
    void reply.headers({ 'cache-control': 'public, max-age=3600' }).type('application/schema+json');
    return receiptSchema;
  }
}

import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';

import { uuidv7 } from './uuid.js';

/** The only source of ids and secrets. */
@Injectable()
export class Random {
  /** A UUIDv7 (RFC 9562 §5.7): sortable by the time of its making, unguessable in its tail. */
  id(): string {
    return uuidv7();
  }

  bytes(length: number): Buffer {
    return randomBytes(length);
  }

  /** A secret to be shown once: the prefix tells scanners and people what it is, 256 random bits follow. */
  token(prefix: string): string {
    return prefix + randomBytes(32).toString('base64url');
  }
}

import type { IncomingMessage } from 'node:http';

import proxyAddress from '@fastify/proxy-addr';
import { Injectable } from '@nestjs/common';

import { Config } from '../platform/config/config.js';
import { addressKey } from '../platform/http/rate-limit.js';

/** From where the engine's requests come, as limits count it. Fastify, which knows for our own routes, never sees them. */
@Injectable()
export class CallerAddress {
  private readonly isProxy: (address: string, hop: number) => boolean;

  constructor({ TRUST_PROXY: trusted }: Config) {
    this.isProxy = trusted === 'off' ? () => false : proxyAddress.compile(trusted.split(','));
  }

  of(request: IncomingMessage): string {
    return addressKey(proxyAddress(request, this.isProxy));
  }
}

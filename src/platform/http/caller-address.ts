import type { IncomingMessage } from 'node:http';

import proxyAddress from '@fastify/proxy-addr';
import { Injectable } from '@nestjs/common';

import { Config } from '../config/config.js';
import { addressKey } from './rate-limit.js';

/** From where a request comes, as limits count it: for whatever Fastify does not see, or not yet. */
@Injectable()
export class CallerAddress {
  private readonly isProxy: (address: string, hop: number) => boolean;

  constructor({ TRUST_PROXY: trusted }: Config) {
    this.isProxy = trusted === 'off' ? () => false : proxyAddress.compile(trusted.split(','));
  }

  of(request: IncomingMessage): string {
    return addressKey(proxyAddress(request, this.isProxy));
  }

  /** Whether it is of a proxy in front of the service, which speaks for any number of callers. */
  isOfProxy(address: string): boolean {
    return this.isProxy(address, 0);
  }
}

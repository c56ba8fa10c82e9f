import type { IncomingMessage, ServerResponse } from 'node:http';

import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

import { UnavailableError } from '../errors.js';
import { onRequestEnd } from './request-end.js';

/** Knows the requests under way, so that a stop can wait for them and turn new ones away. */
@Injectable()
export class Drain {
  private underWay = 0;
  private whenEmpty?: () => void;
  private begun = false;

  get draining(): boolean {
    return this.begun;
  }

  /** How many requests are under way. */
  get requests(): number {
    return this.underWay;
  }

  /** Counts a request until its connection is done with it. */
  track({ socket }: IncomingMessage, response: ServerResponse): void {
    this.underWay++;
    onRequestEnd(socket, response, () => {
      this.underWay--;
      if (this.underWay === 0) this.whenEmpty?.();
    });
  }

  /** Turns new requests away from now on and waits for those under way, for so many seconds at most. */
  async begin(seconds: number): Promise<void> {
    this.begun = true;
    if (this.underWay === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      new Promise<void>((resolve) => (this.whenEmpty = resolve)),
      new Promise<void>((resolve) => (timer = setTimeout(resolve, seconds * 1000))),
    ]);
    clearTimeout(timer);
  }
}

/** Answers 503 while draining. Health stays answered, so that a balancer sees why. */
export function refuseWhileDraining(fastify: FastifyInstance, drain: Drain): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!drain.draining || request.url.startsWith('/health/')) return done();
    reply.header('connection', 'close');
    done(new UnavailableError('The service is about to stop; another instance will answer.'));
  });
}

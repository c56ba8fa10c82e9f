import { Injectable, type OnModuleDestroy } from '@nestjs/common';

const EVERY_MS = 30_000;

/** A cache whose entries are good for a while. */
interface Forgetful {
  purgeStale(): unknown;
}

/**
 * Has caches let go of what is out of date. By itself a cache does so only with what it is asked for, or when it needs the
 * room: in a process where nobody asks for somebody who was erased in another one, they would be remembered for ever.
 */
@Injectable()
export class Forgetting implements OnModuleDestroy {
  private readonly caches: Forgetful[] = [];
  private readonly timer = setInterval(() => this.forget(), EVERY_MS).unref();

  /** Call it once for each cache of what is somebody's. */
  watch(cache: Forgetful): void {
    this.caches.push(cache);
  }

  forget(): void {
    for (const cache of this.caches) cache.purgeStale();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }
}

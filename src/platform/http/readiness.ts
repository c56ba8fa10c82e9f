import { Injectable } from '@nestjs/common';

/** Says why the service should take no requests, or nothing while it should. */
export type Fault = () => string | undefined;

/** What keeps the service from being ready, beyond its database. Whoever can find something wrong registers. */
@Injectable()
export class Readiness {
  private readonly faults: Fault[] = [];

  watch(fault: Fault): void {
    this.faults.push(fault);
  }

  /** The first thing that is wrong, if anything is. */
  fault(): string | undefined {
    return this.faults.map((fault) => fault()).find((detail) => detail !== undefined);
  }
}

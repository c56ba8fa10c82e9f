import { Injectable } from '@nestjs/common';

/** The only source of time. Rules take `now` as an argument; tests replace this with a clock that they steer. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}

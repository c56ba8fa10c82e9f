import { Controller, Post } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';

import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { RateLimit } from '../platform/http/rate-limit.js';
import { type IssuedTillCode, TillCodes } from './till-codes.service.js';

export class TillCodeDto {
  @ApiProperty({ description: 'Twelve digits, to be shown as they are or as a QR code of just them.' })
  readonly code!: string;

  @ApiProperty({ format: 'date-time' })
  readonly expires_at!: string;

  static of({ code, expiresAt }: IssuedTillCode): TillCodeDto {
    return { code, expires_at: expiresAt.toISOString() };
  }
}

/** For customers: what they show at a till. */
@Controller('v1/me/till-codes')
export class TillCodesController {
  constructor(private readonly codes: TillCodes) {}

  // A program that may read all that is stated could tell it to any till: showing a code adds nothing to that.
  @Post()
  @Access('customer', 'preferences.read')
  @RateLimit('till-codes', { points: 30, seconds: 60, by: 'principal' })
  @Operation({
    id: 'createTillCode',
    tag: 'Till codes (customer)',
    summary: 'Make a code to show at a till',
    description:
      'Good once, for 60 seconds. A retailer to which you have given consent learns from it who stands at its till, and ' +
      'what your consent lets it know there; anybody else learns nothing. A new code replaces the one before.',
    ok: {
      status: 201,
      type: TillCodeDto,
      description: 'The code, shown this once.',
      example: { code: '482915037264', expires_at: '2026-11-22T09:31:00.000Z' },
    },
    errors: [],
  })
  async create(@CurrentCustomer() { customer }: CustomerPrincipal): Promise<TillCodeDto> {
    return TillCodeDto.of(await this.codes.issue(customer));
  }
}

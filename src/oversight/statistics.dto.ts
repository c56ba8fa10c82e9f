import { ApiProperty } from '@nestjs/swagger';

import { consentStatuses } from '../consents/consent.entity.js';
import { monitorRules } from './monitor-rules.js';

const count = { type: 'integer', minimum: 0 };
const counts = (names: readonly string[]) => ({
  type: 'object',
  required: [...names],
  properties: Object.fromEntries(names.map((name) => [name, count])),
  additionalProperties: count,
});

class WithdrawalStatisticsDto {
  @ApiProperty({
    ...count,
    description: 'Consents that were withdrawn within the period, as far as they are looked at: the last thousand.',
  } as never)
  withdrawn!: number;

  @ApiProperty({
    ...count,
    description: 'Of these, such as were read by a statement that began after the withdrawal. Must be 0.',
  } as never)
  read_afterwards!: number;

  @ApiProperty({
    type: 'number',
    nullable: true,
    description:
      'The longest time from a withdrawal to the last answered read of that consent, in seconds: negative where every ' +
      'read came before. Of two clocks, the service’s and the database’s. Null where nothing withdrawn was ever read.',
    example: -41.2,
  })
  longest_seconds_to_last_read!: number | null;
}

class DisclosureStatisticsDto {
  @ApiProperty(count as never) answered!: number;
  @ApiProperty(count as never) refused!: number;
  @ApiProperty({
    ...count,
    description:
      'Reads by the retailers of the engagement that their consent did not allow, whenever and for whatever purpose, as far as the monitor has looked. Must be 0.',
  } as never)
  wrong!: number;
}

class MonitorStatisticsDto {
  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, description: 'When the monitor looked last.' })
  checked_at!: string | null;

  @ApiProperty({ ...count, description: 'How many entries of the log it has looked at.' } as never)
  checked_entries!: number;

  @ApiProperty({ ...count, description: 'How many there are.' } as never)
  log_entries!: number;

  @ApiProperty({
    ...counts(monitorRules),
    description:
      'What it has found, by rule; about the retailers of the engagement, if it is bound to some. Must be 0.',
  } as never)
  findings!: Record<string, number>;
}

/** The engagement in numbers. */
export class AuditStatisticsDto {
  @ApiProperty({
    format: 'date-time',
    description: 'When they were counted; asked again within a minute, they are the same.',
  })
  as_of!: string;

  @ApiProperty({
    description: 'False where there are more than are counted: a million consents and as many reads, the newest.',
  })
  complete!: boolean;

  @ApiProperty({
    ...counts(consentStatuses),
    description: 'Consents that stood within the period, by how they stand now.',
  } as never)
  consents!: Record<string, number>;

  @ApiProperty({ type: WithdrawalStatisticsDto }) withdrawals!: WithdrawalStatisticsDto;
  @ApiProperty({ type: DisclosureStatisticsDto }) disclosures!: DisclosureStatisticsDto;
  @ApiProperty({ type: MonitorStatisticsDto }) monitor!: MonitorStatisticsDto;
}

export const statisticsExample: AuditStatisticsDto = {
  as_of: '2026-11-22T12:00:00.000Z',
  complete: true,
  consents: { active: 1203, paused: 12, withdrawn: 87, expired: 41 },
  withdrawals: { withdrawn: 87, read_afterwards: 0, longest_seconds_to_last_read: -41.2 },
  disclosures: { answered: 48_211, refused: 97, wrong: 0 },
  monitor: {
    checked_at: '2026-11-22T11:59:31.000Z',
    checked_entries: 214_007,
    log_entries: 214_031,
    findings: Object.fromEntries(monitorRules.map((rule) => [rule, 0])),
  },
};

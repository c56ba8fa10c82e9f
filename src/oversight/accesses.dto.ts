import { ApiProperty } from '@nestjs/swagger';

import { openCode } from '../platform/http/extensible.js';

/** What of staff concerns one customer. */
export const accessActs = [
  'audit.searched',
  'audit.read',
  'audit.exported',
  'audit.bundled',
  'reidentification.requested',
  'reidentification.approved',
  'reidentification.refused',
  'reidentification.answered',
] as const;

const accessors = ['auditor', 'operator'] as const;

/** One time that somebody of the staff dealt with what is recorded of the customer. */
export class AccessDto {
  @ApiProperty({ format: 'uuid', description: 'The entry of the log that says so.' })
  id!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T11:00:00.000Z' })
  at!: string;

  @ApiProperty({ ...openCode(accessors), description: 'Their role. Auditors are independent of the broker.' })
  by!: string;

  @ApiProperty({
    ...openCode(accessActs),
    description:
      'What they did: looked for your entries, opened one, or took them along as a file or as evidence, without knowing ' +
      'who you are; asked who you are, approved or refused that, or were told.',
    example: 'reidentification.requested',
  })
  act!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Why, where they had to say so.',
    example: 'The customer has complained to the authority, file 2026-1147.',
  })
  reason!: string | null;
}

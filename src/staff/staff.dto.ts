import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsEmail,
  IsObject,
  IsString,
  IsUUID,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';

import { openCode } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { IsTimestamp } from '../platform/http/timestamp.js';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../platform/passwords/password-rules.js';
import type { EngagementTerms } from './engagement.js';
import { EnrolmentDto } from './enrolment.dto.js';
import type { Enrolment } from './enrolments.service.js';
import type { StaffMember, StaffSession } from './staff-member.entity.js';
import type { IssuedStaffSession } from './staff-sessions.service.js';
import type { Invitation, Invited } from './staff.service.js';

export const staffRoles = ['operator', 'auditor'] as const;

export const LONGEST_EMAIL = 254;
export const IsAddress = () => IsEmail({}, { message: '$property must be an e-mail address' });

export class EngagementTermsDto {
  @ApiPropertyOptional({
    description: 'What happened from this time on; now unless given.',
    format: 'date-time',
    example: '2026-11-01T00:00:00Z',
  })
  @IsTimestamp()
  @Omittable()
  from?: string;

  @ApiPropertyOptional({
    description: 'Until then, exclusively; 90 days after `from` unless given. The engagement ends then, too.',
    format: 'date-time',
    example: '2027-02-01T00:00:00Z',
  })
  @IsTimestamp()
  @Omittable()
  to?: string;

  @ApiPropertyOptional({
    description: 'Of these retailers only.',
    type: 'array',
    items: { type: 'string', format: 'uuid' },
    minItems: 1,
    maxItems: 500,
    example: ['019a9c3d-1c55-7f02-9a8e-2f6b1d3c4e5f'],
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(500)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  @Omittable()
  retailer_ids?: string[];

  @ApiPropertyOptional({
    description: 'For these purposes only.',
    type: [String],
    minItems: 1,
    maxItems: 50,
    example: ['dpv:ServicePersonalisation'],
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  @Omittable()
  purposes?: string[];

  static toTerms({ from, to, retailer_ids, purposes }: EngagementTermsDto): EngagementTerms {
    return {
      ...(from !== undefined && { from: new Date(from) }),
      ...(to !== undefined && { to: new Date(to) }),
      ...(retailer_ids && { retailerIds: retailer_ids }),
      ...(purposes && { purposes }),
    };
  }
}

export class AuditorInvitationDto {
  @ApiProperty({ format: 'email', maxLength: LONGEST_EMAIL, example: 'auditor@example.net' })
  @IsAddress()
  email!: string;

  @ApiProperty({ minLength: 1, maxLength: 100, example: 'Ada Reiter, Reiter & Co' })
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  name!: string;

  @ApiPropertyOptional({ description: 'What the auditor may look at.', type: EngagementTermsDto })
  @ValidateNested()
  @Type(() => EngagementTermsDto)
  @IsObject()
  @Omittable()
  engagement?: EngagementTermsDto;

  toInvitation(): Invitation {
    const { email, name, engagement } = this;
    return { email, name, role: 'auditor', ...(engagement && { engagement: EngagementTermsDto.toTerms(engagement) }) };
  }
}

export class InvitedDto {
  @ApiProperty({ format: 'uuid' }) staff_id!: string;
  @ApiProperty({ description: 'Shown this once. Hand it over in a way that nobody else reads.' })
  invitation_token!: string;
  @ApiProperty({ format: 'date-time' }) expires_at!: string;

  static of({ staffId, token, expiresAt }: Invited): InvitedDto {
    return Object.assign(new InvitedDto(), {
      staff_id: staffId,
      invitation_token: token,
      expires_at: expiresAt.toISOString(),
    });
  }
}

export class AcceptanceDto {
  @ApiProperty({
    description: 'The invitation token.',
    maxLength: 100,
    example: 'ccx_si_0b7yVQ1xq0mJ9r3c8sKz5dWfTn2LhGa4pEiXuRoYvB6',
  })
  @IsString()
  @MaxLength(100)
  token!: string;

  @ApiProperty({ minLength: SHORTEST_PASSWORD, maxLength: LONGEST_PASSWORD, example: 'every entry, twice over' })
  @IsString()
  password!: string;
}

export class StaffResetDto {
  @ApiProperty({ format: 'email', maxLength: LONGEST_EMAIL, example: 'auditor@example.net' })
  @IsAddress()
  email!: string;
}

export class StaffMemberDto {
  @ApiProperty({ format: 'uuid' }) staff_id!: string;
  @ApiProperty(openCode(staffRoles)) role!: string;
  @ApiProperty({ format: 'email' }) email!: string;
  @ApiProperty() name!: string;

  static of({ id, role, email, name }: StaffMember): StaffMemberDto {
    return Object.assign(new StaffMemberDto(), { staff_id: id, role, email, name });
  }
}

/** Who accepted an invitation, and will be a member once the second factor is confirmed. */
export class AcceptedInvitationDto extends StaffMemberDto {
  @ApiProperty({ type: EnrolmentDto }) enrolment!: EnrolmentDto;

  static accepted({ member, enrolment }: { member: StaffMember; enrolment: Enrolment }): AcceptedInvitationDto {
    return Object.assign(new AcceptedInvitationDto(), StaffMemberDto.of(member), {
      enrolment: EnrolmentDto.of(enrolment),
    });
  }
}

export class IssuedStaffSessionDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'uuid' }) staff_id!: string;
  @ApiProperty(openCode(staffRoles)) role!: string;
  @ApiProperty({ description: 'Shown this once. Send it as `Authorization: Bearer`.' }) token!: string;
  @ApiProperty({ format: 'date-time', description: 'The latest end; an hour without use ends it earlier.' })
  expires_at!: string;

  static of({ id, staffId, role, token, expiresAt }: IssuedStaffSession): IssuedStaffSessionDto {
    return Object.assign(new IssuedStaffSessionDto(), {
      id,
      staff_id: staffId,
      role,
      token,
      expires_at: expiresAt.toISOString(),
    });
  }
}

export class EngagementDto {
  @ApiProperty({ format: 'date-time' }) from!: string;
  @ApiProperty({ format: 'date-time' }) to!: string;
  @ApiProperty({
    type: 'array',
    items: { type: 'string', format: 'uuid' },
    nullable: true,
    description: 'Null for all retailers.',
  })
  retailer_ids!: string[] | null;
  @ApiProperty({ type: [String], nullable: true, description: 'Null for all purposes.' }) purposes!: string[] | null;
}

export class StaffSessionDto extends StaffMemberDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ type: EngagementDto, nullable: true, description: 'What an auditor may look at; null for operators.' })
  engagement!: EngagementDto | null;
  @ApiProperty({ format: 'date-time' }) signed_in_at!: string;
  @ApiProperty({ format: 'date-time', description: 'The latest end; an hour without use ends it earlier.' })
  expires_at!: string;

  static ofSession(member: StaffMember, session: StaffSession): StaffSessionDto {
    return Object.assign(new StaffSessionDto(), {
      id: session.id,
      ...StaffMemberDto.of(member),
      engagement: engagementOf(member),
      signed_in_at: session.signedInAt.toISOString(),
      expires_at: session.expiresAt.toISOString(),
    });
  }
}

function engagementOf(member: StaffMember): EngagementDto | null {
  const { engagedFrom, engagedTo, engagedForRetailers, engagedForPurposes } = member;
  if (!engagedFrom || !engagedTo) return null;
  return {
    from: engagedFrom.toISOString(),
    to: engagedTo.toISOString(),
    retailer_ids: engagedForRetailers,
    purposes: engagedForPurposes,
  };
}

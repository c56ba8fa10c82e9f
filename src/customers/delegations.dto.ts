import { ApiProperty, type ApiPropertyOptions, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsString, MaxLength } from 'class-validator';

import { openCode, openCodes } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { type Page, PageQuery } from '../platform/http/paging.js';
import { IsInstant } from '../platform/http/timestamp.js';
import { type DelegationRole, delegationRoles, delegationStatuses } from './delegation.entity.js';
import { delegableScopes, type DelegationTerms } from './delegation-terms.js';
import type { DelegationView } from './delegation-views.service.js';
import type { DelegationOffer } from './delegations.service.js';
import { delegationExample, delegationInvitation } from './examples.js';
import { IsDisplayText } from './text.js';

const LONGEST_NAME = 80;
const MOST_ATTRIBUTES = 100;

const scopesSchema = {
  description: 'What the delegate may do, as far as their own token allows it, too.',
  enum: delegableScopes,
  isArray: true,
  minItems: 1,
  uniqueItems: true,
  example: delegationExample.scopes,
} as const;

const attributesSchema = {
  description:
    'Attributes and categories of ccx-core that they may see and change. A category does not include its special ' +
    'attributes: these are named one by one.',
  type: [String],
  minItems: 1,
  maxItems: MOST_ATTRIBUTES,
  uniqueItems: true,
  example: delegationExample.attributes,
} satisfies ApiPropertyOptions;

export class NewDelegationDto {
  @ApiProperty({
    description: 'What you call the delegate. They do not see it.',
    minLength: 1,
    maxLength: LONGEST_NAME,
    example: delegationExample.name,
  })
  @IsDisplayText(LONGEST_NAME)
  name!: string;

  @ApiProperty(scopesSchema)
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(delegableScopes, { each: true })
  scopes!: string[];

  @ApiPropertyOptional({
    ...attributesSchema,
    description: `${attributesSchema.description} Left out: all that are not special.`,
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MOST_ATTRIBUTES)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  @Omittable()
  attributes?: string[];

  @ApiProperty({ description: 'When it ends: within the next 365 days.', format: 'date-time', type: String })
  @IsInstant()
  expires_at!: Date;

  toOffer(): DelegationOffer {
    return { name: this.name, scopes: this.scopes, attributes: this.attributes ?? null, expiresAt: this.expires_at };
  }
}

export class NarrowedDelegationDto {
  @ApiPropertyOptional({ ...scopesSchema, description: 'Those that are left.' })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(delegableScopes, { each: true })
  @Omittable()
  scopes?: string[];

  @ApiPropertyOptional({
    ...attributesSchema,
    description:
      'Those that are left. A category can be among them where it was before, or where everything was: it may gain ' +
      'attributes.',
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MOST_ATTRIBUTES)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  @Omittable()
  attributes?: string[];

  @ApiPropertyOptional({ description: 'An earlier end.', format: 'date-time', type: String })
  @IsInstant()
  @Omittable()
  expires_at?: Date;

  toChange(): Partial<DelegationTerms> {
    return { scopes: this.scopes, attributes: this.attributes, expiresAt: this.expires_at };
  }
}

export class DelegationAcceptanceDto {
  @ApiProperty({ description: 'As whoever gave it to you got it.', maxLength: 200, example: delegationInvitation })
  @IsString()
  @MaxLength(200)
  invitation!: string;
}

export class DelegationsQuery extends PageQuery {
  @ApiPropertyOptional({
    description: 'Those that you have given (`giver`), or those that you hold of others (`delegate`).',
    enum: delegationRoles,
    default: 'giver',
    example: 'delegate',
  })
  @IsIn(delegationRoles)
  @Omittable()
  role?: DelegationRole;
}

export class DelegationDto {
  @ApiProperty({ format: 'uuid', description: 'A delegate sends it as `CCX-Acting-For`.' }) id!: string;

  @ApiProperty({ ...openCode(delegationRoles), description: 'What you are in it.' })
  role!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Who the other one is: what you call your delegate, or what the giver called themselves, if anything.',
  })
  name!: string | null;

  @ApiProperty({ ...openCode(delegationStatuses), description: 'It allows something while it is `active`.' })
  status!: string;

  @ApiProperty(openCodes(delegableScopes)) scopes!: string[];

  @ApiProperty({ type: [String], nullable: true, description: 'Null: every attribute that is not special.' })
  attributes!: string[] | null;

  @ApiProperty({ format: 'date-time' }) offered_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, description: 'By when it must be accepted.' })
  invitation_expires_at!: string | null;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true }) accepted_at!: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'For the giver: what whoever accepted called themselves then, if anything.',
  })
  accepted_by!: string | null;

  @ApiProperty({ format: 'date-time' }) expires_at!: string;
  @ApiProperty({ type: 'string', format: 'date-time', nullable: true }) ended_at!: string | null;

  @ApiProperty({
    ...openCode(delegationRoles),
    nullable: true,
    description: 'Null when it ended by itself, or has not.',
  })
  ended_by!: string | null;

  static of({ delegation, role, name, acceptedBy }: DelegationView, now: Date): DelegationDto {
    const { id, scopes, attributes, offeredAt, acceptedAt, expiresAt, dueAt, endedAt, endedBy } = delegation;
    const status = delegation.statusAt(now);
    const ended = delegation.isOpen(now) ? null : (endedAt ?? dueAt);
    return Object.assign(new DelegationDto(), {
      id,
      role,
      name,
      status,
      scopes,
      attributes,
      offered_at: offeredAt.toISOString(),
      invitation_expires_at: (status === 'offered' && dueAt?.toISOString()) || null,
      accepted_at: acceptedAt?.toISOString() ?? null,
      accepted_by: acceptedBy,
      expires_at: expiresAt.toISOString(),
      ended_at: ended?.toISOString() ?? null,
      ended_by: endedBy ?? (status === 'ended' ? 'delegate' : null),
    });
  }

  static page({ items, next_cursor }: Page<DelegationView>, now: Date): Page<DelegationDto> {
    return { items: items.map((view) => DelegationDto.of(view, now)), next_cursor };
  }
}

export class OfferedDelegationDto extends DelegationDto {
  @ApiProperty({
    description: 'Shown this once. Hand it to the delegate: whoever accepts it first may act for you.',
    example: delegationInvitation,
  })
  invitation!: string;

  static offered(offered: { view: DelegationView; invitation: string }, now: Date): OfferedDelegationDto {
    const { view, invitation } = offered;
    return Object.assign(new OfferedDelegationDto(), { ...DelegationDto.of(view, now), invitation });
  }
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
} from 'class-validator';

import { Omittable } from '../platform/http/omittable.js';
import { touchpoints } from '../vocabulary/code-lists.js';
import { authMethods, type ClientAuthMethod, type ClientStatus, clientStatuses } from './client.entity.js';
import type { ClientChanges, NewClient } from './clients.service.js';
import { client as examples } from './examples.js';
import { clientGrantTypes, retailerScopes } from './scopes.js';
import { OneLine, SomeOf } from './fields.js';
import { LONGEST_SOURCE_PREFIX, MOST_SOURCE_PREFIXES } from './source-prefixes.js';

const MOST_REDIRECTS = 20;

/** Names of members are those of RFC 7591 and RFC 9449 where these have them. */
class ClientMetadataDto {
  @ApiPropertyOptional({
    description:
      'The public keys of its assertions (a JWK Set: EC keys on P-256, each with its own `kid`), for private_key_jwt. ' +
      'Send old and new key together to rotate without a gap. Keys are registered by value: there is no `jwks_uri`.',
    type: 'object',
    additionalProperties: true,
    example: examples.jwks,
  })
  @IsObject()
  @Omittable()
  jwks?: Record<string, unknown>;

  @ApiPropertyOptional({
    description:
      'Where people are sent back to: https, compared as they stand. A development service takes loopback http.',
    type: [String],
    maxItems: MOST_REDIRECTS,
    example: examples.redirect_uris,
  })
  @IsArray()
  @ArrayMaxSize(MOST_REDIRECTS)
  @ArrayUnique()
  @IsString({ each: true })
  @Omittable()
  redirect_uris?: string[];

  @ApiPropertyOptional({
    description: 'Where a customer who wants to begin here is sent (OpenID Connect Core §4).',
    type: 'string',
    format: 'uri',
    nullable: true,
    example: 'https://albatross.example/ccx/begin',
  })
  @IsString()
  @IsOptional()
  initiate_login_uri?: string | null;

  @ApiPropertyOptional({
    description:
      'How it gets tokens. Unless given: the code flow with refresh where it has a redirect URI, else client_credentials. ' +
      'The device code (RFC 8628) is for tills and kiosks without a browser; it needs private_key_jwt and bound tokens.',
    enum: clientGrantTypes,
    isArray: true,
    example: examples.grant_types,
  })
  @SomeOf(clientGrantTypes)
  @Omittable()
  grant_types?: string[];

  @ApiPropertyOptional({
    description: 'The touchpoints it serves, of those of its retailer; all of them unless given.',
    enum: touchpoints,
    isArray: true,
    example: ['till'],
  })
  @SomeOf(touchpoints)
  @Omittable()
  touchpoints?: string[];

  @ApiPropertyOptional({
    description:
      'From which sources it may report interactions, by their beginnings: `/tills` is also `/tills/17`, and ' +
      '`urn:shop:tills` also `urn:shop:tills:17`. Any, where there are none.',
    type: [String],
    maxItems: MOST_SOURCE_PREFIXES,
    example: ['/tills'],
  })
  @IsArray()
  @ArrayMaxSize(MOST_SOURCE_PREFIXES)
  @ArrayUnique()
  @Length(1, LONGEST_SOURCE_PREFIX, { each: true })
  @Omittable()
  source_prefixes?: string[];
}

export class NewClientDto extends ClientMetadataDto {
  @ApiProperty({ description: 'What operators and customers see.', minLength: 1, maxLength: 100, example: 'Tills' })
  @OneLine(100)
  client_name!: string;

  @ApiProperty({
    enum: retailerScopes,
    isArray: true,
    description: 'The scopes it may ask for.',
    example: examples.scopes,
  })
  @SomeOf(retailerScopes)
  scopes!: string[];

  @ApiPropertyOptional({
    description: 'How it proves who it is. Only a development service takes anything but private_key_jwt.',
    enum: authMethods,
    default: 'private_key_jwt',
  })
  @IsIn(authMethods)
  @Omittable()
  token_endpoint_auth_method?: ClientAuthMethod;

  @ApiPropertyOptional({
    description:
      'Whether its access tokens are bound to a key of its own (RFC 9449). Only a development service takes false.',
    default: true,
  })
  @IsBoolean()
  @Omittable()
  dpop_bound_access_tokens?: boolean;

  toClient(): NewClient {
    return {
      ...metadataOf(this),
      name: this.client_name,
      scopes: this.scopes,
      authMethod: this.token_endpoint_auth_method ?? 'private_key_jwt',
      bearer: this.dpop_bound_access_tokens === false,
    };
  }
}

export class ClientRevisionDto extends ClientMetadataDto {
  @ApiPropertyOptional({
    description: 'What operators and customers see.',
    minLength: 1,
    maxLength: 100,
    example: 'Tills',
  })
  @OneLine(100)
  @Omittable()
  client_name?: string;

  @ApiPropertyOptional({
    description: 'The scopes it may ask for.',
    enum: retailerScopes,
    isArray: true,
    example: examples.scopes,
  })
  @SomeOf(retailerScopes)
  @Omittable()
  scopes?: string[];

  @ApiPropertyOptional({
    description: 'A suspended client gets no tokens and no answers.',
    enum: clientStatuses,
    example: 'active',
  })
  @IsIn(clientStatuses)
  @Omittable()
  status?: ClientStatus;

  toChanges(): ClientChanges {
    return {
      ...metadataOf(this),
      ...(this.client_name !== undefined && { name: this.client_name }),
      ...(this.scopes !== undefined && { scopes: this.scopes }),
      ...(this.status !== undefined && { status: this.status }),
    };
  }
}

/** The members that were sent, under the names that the service knows them by. */
function metadataOf(dto: ClientMetadataDto): ClientChanges {
  return {
    ...(dto.jwks !== undefined && { jwks: dto.jwks }),
    ...(dto.redirect_uris !== undefined && { redirectUris: dto.redirect_uris }),
    ...(dto.initiate_login_uri !== undefined && { initiateLoginUri: dto.initiate_login_uri }),
    ...(dto.grant_types !== undefined && { grantTypes: dto.grant_types }),
    ...(dto.touchpoints !== undefined && { touchpoints: dto.touchpoints }),
    ...(dto.source_prefixes !== undefined && { sourcePrefixes: dto.source_prefixes }),
  };
}

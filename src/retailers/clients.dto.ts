import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { openCode, openCodes } from '../platform/http/extensible.js';
import { touchpoints } from '../vocabulary/code-lists.js';
import { authMethods, type Client, type ClientAuthMethod, type ClientStatus, clientStatuses } from './client.entity.js';
import { client as examples } from './examples.js';
import { clientGrantTypes, retailerScopes } from './scopes.js';

/** A client as operators, and its retailer, see it. */
export class ClientDto {
  @ApiProperty({ example: examples.client_id })
  readonly client_id!: string;

  @ApiProperty({ format: 'uuid', example: examples.retailer_id })
  readonly retailer_id!: string;

  @ApiProperty({ example: 'Tills' })
  readonly client_name!: string;

  @ApiProperty({ ...openCode(clientStatuses), example: 'active' })
  readonly status!: ClientStatus;

  @ApiProperty({ ...openCode(authMethods), example: 'private_key_jwt' })
  readonly token_endpoint_auth_method!: ClientAuthMethod;

  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true, example: examples.jwks })
  readonly jwks!: object | null;

  @ApiProperty({ type: [String], example: examples.redirect_uris })
  readonly redirect_uris!: string[];

  @ApiProperty({ type: 'string', format: 'uri', nullable: true, example: null })
  readonly initiate_login_uri!: string | null;

  @ApiProperty({ ...openCodes(clientGrantTypes), example: examples.grant_types })
  readonly grant_types!: string[];

  @ApiProperty({ ...openCodes(retailerScopes), example: examples.scopes })
  readonly scopes!: string[];

  @ApiProperty({ ...openCodes(touchpoints), example: ['till'] })
  readonly touchpoints!: string[];

  @ApiProperty({ type: [String], description: 'From which sources it may report; any, where empty.', example: [] })
  readonly source_prefixes!: string[];

  @ApiProperty({ example: true })
  readonly dpop_bound_access_tokens!: boolean;

  @ApiProperty({ format: 'date-time', example: '2026-11-02T09:05:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-02T09:05:00.000Z' })
  readonly updated_at!: string;

  static of(client: Client): ClientDto {
    return {
      client_id: client.id,
      retailer_id: client.retailerId,
      client_name: client.name,
      status: client.status,
      token_endpoint_auth_method: client.authMethod,
      jwks: client.jwks,
      redirect_uris: client.redirectUris,
      initiate_login_uri: client.initiateLoginUri,
      grant_types: client.grantTypes,
      scopes: client.scopes,
      touchpoints: client.touchpoints,
      source_prefixes: client.sourcePrefixes,
      dpop_bound_access_tokens: !client.bearer,
      created_at: client.createdAt.toISOString(),
      updated_at: client.updatedAt.toISOString(),
    };
  }
}

export class RegisteredClientDto extends ClientDto {
  @ApiPropertyOptional({
    description: 'Its secret, shown here and never again; on a development service only.',
    example: 'ccx_cs_2J9Pq0mVYk8nUe3l7sYx4hQm1wZr6tBv5cNd0fGaKiE',
  })
  readonly client_secret?: string;
}

import { ApiProperty } from '@nestjs/swagger';

import { detailTypes } from '../consents/detail.js';
import type { OAuthProfile } from '../platform/config/config.js';
import { retailerScopes } from '../retailers/scopes.js';

/** Protected resource metadata (RFC 9728 §2). */
export class ProtectedResourceDto {
  @ApiProperty({ format: 'uri', description: 'The one resource that there is, as `resource` and `aud` name it.' })
  readonly resource!: string;

  @ApiProperty({ description: 'What people call it.' })
  readonly resource_name!: string;

  @ApiProperty({ type: [String], description: 'Who issues its tokens.' })
  readonly authorization_servers!: string[];

  @ApiProperty({ type: [String] })
  readonly scopes_supported!: string[];

  @ApiProperty({ type: [String], description: 'A token is sent in the `Authorization` header, and nowhere else.' })
  readonly bearer_methods_supported!: string[];

  @ApiProperty({ type: [String] })
  readonly dpop_signing_alg_values_supported!: string[];

  @ApiProperty({ description: 'Whether every token is bound to a key (RFC 9449).' })
  readonly dpop_bound_access_tokens_required!: boolean;

  @ApiProperty({ type: [String] })
  readonly authorization_details_types_supported!: string[];

  @ApiProperty({ format: 'uri' })
  readonly resource_documentation!: string;

  static of(issuer: string, profile: OAuthProfile): ProtectedResourceDto {
    return {
      resource: issuer,
      resource_name: 'CCX',
      authorization_servers: [issuer],
      scopes_supported: [...retailerScopes],
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: ['ES256'],
      dpop_bound_access_tokens_required: profile === 'strict',
      authorization_details_types_supported: [...detailTypes],
      resource_documentation: `${issuer}/docs`,
    };
  }
}

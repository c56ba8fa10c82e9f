import { ApiProperty } from '@nestjs/swagger';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';

const anObject = { type: 'object', additionalProperties: true } as const;

/** The browser's own form: give it to `PublicKeyCredential.parseCreationOptionsFromJSON()`. */
export class PasskeyCreationOptionsDto {
  @ApiProperty(anObject) rp!: object;
  @ApiProperty(anObject) user!: object;
  @ApiProperty({ description: 'Good once, and for five minutes.' }) challenge!: string;
  @ApiProperty({ type: 'array', items: anObject }) pubKeyCredParams!: object[];
  @ApiProperty({ type: 'integer', description: 'Milliseconds.' }) timeout!: number;
  @ApiProperty({ description: 'The passkeys that the customer has.', type: 'array', items: anObject })
  excludeCredentials!: object[];
  @ApiProperty(anObject) authenticatorSelection!: object;
  @ApiProperty() attestation!: string;
  @ApiProperty(anObject) extensions!: object;
  @ApiProperty({ type: 'array', items: { type: 'string' } }) hints!: string[];

  static of(options: PublicKeyCredentialCreationOptionsJSON): PasskeyCreationOptionsDto {
    return Object.assign(new PasskeyCreationOptionsDto(), options);
  }
}

/** The browser's own form: give it to `PublicKeyCredential.parseRequestOptionsFromJSON()`. */
export class PasskeyRequestOptionsDto {
  @ApiProperty({ description: 'The host of the service.' }) rpId!: string;
  @ApiProperty({ description: 'Good once, and for five minutes.' }) challenge!: string;
  @ApiProperty({ type: 'integer', description: 'Milliseconds.' }) timeout!: number;
  @ApiProperty() userVerification!: string;

  static of(options: PublicKeyCredentialRequestOptionsJSON): PasskeyRequestOptionsDto {
    const { rpId, challenge, timeout, userVerification } = options;
    return Object.assign(new PasskeyRequestOptionsDto(), { rpId, challenge, timeout, userVerification });
  }
}

import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';

import { type FieldError, InvalidRequestError } from '../errors.js';

/** What a browser says of a passkey that was used, or of one that was made. */
export type PasskeyAnswer = AuthenticationResponseJSON;
export type NewPasskeyAnswer = RegistrationResponseJSON;

const BASE64URL = /^[A-Za-z0-9_-]+$/;
const TRANSPORT = /^[a-z-]{1,20}$/;

/** WebAuthn Level 3 §4: a credential id has 1023 bytes at most. */
const LONGEST_ID = 1364;
const LONGEST = 8192;
const LONGEST_ATTESTATION = 32_768;
const MOST_TRANSPORTS = 10;

/**
 * Reads the JSON form of what `navigator.credentials.get()` gave (WebAuthn Level 3 §5.1.8). The browser writes it, and
 * browsers add members as they please: those that nobody needs are passed over, unlike in requests of our own making.
 *
 * @throws InvalidRequestError
 */
export function readPasskeyAnswer(value: unknown, pointer: string): PasskeyAnswer {
  const reader = new MemberReader(value, pointer);
  const id = reader.text('/id', LONGEST_ID);
  const response = {
    clientDataJSON: reader.text('/response/clientDataJSON', LONGEST),
    authenticatorData: reader.text('/response/authenticatorData', LONGEST),
    signature: reader.text('/response/signature', LONGEST),
    userHandle: reader.optionalText('/response/userHandle', LONGEST),
  };
  reader.check();
  return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} };
}

/** Reads the JSON form of what `navigator.credentials.create()` gave. @throws InvalidRequestError */
export function readNewPasskey(value: unknown, pointer: string): NewPasskeyAnswer {
  const reader = new MemberReader(value, pointer);
  const id = reader.text('/id', LONGEST_ID);
  const response = {
    clientDataJSON: reader.text('/response/clientDataJSON', LONGEST),
    attestationObject: reader.text('/response/attestationObject', LONGEST_ATTESTATION),
    transports: reader.transports('/response/transports'),
  };
  reader.check();
  return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} };
}

class MemberReader {
  private readonly errors: FieldError[] = [];

  constructor(
    private readonly value: unknown,
    private readonly pointer: string,
  ) {}

  text(path: string, longest: number): string {
    return this.optionalText(path, longest) ?? this.fault(path, 'must be there, in base64url');
  }

  optionalText(path: string, longest: number): string | undefined {
    const found = this.find(path);
    if (found === undefined || found === null) return undefined;
    if (typeof found === 'string' && found.length <= longest && BASE64URL.test(found)) return found;
    return this.fault(path, `must be base64url, ${longest} characters at most`);
  }

  transports(path: string): string[] {
    const found = this.find(path) ?? [];
    if (!Array.isArray(found)) return [this.fault(path, 'must be a list')];
    const known = found.filter((one): one is string => typeof one === 'string' && TRANSPORT.test(one));
    return known.slice(0, MOST_TRANSPORTS);
  }

  check(): void {
    if (this.errors.length > 0) throw new InvalidRequestError(this.errors);
  }

  private find(path: string): unknown {
    const names = path.split('/').slice(1);
    return names.reduce<unknown>((at, name) => (at as Record<string, unknown> | null | undefined)?.[name], this.value);
  }

  private fault(path: string, detail: string): string {
    this.errors.push({ pointer: this.pointer + path, detail });
    return '';
  }
}

import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

type Json = Record<string, unknown>;

/** How an authenticator may misbehave, or a page that is not ours ask it. */
export interface Circumstances {
  readonly origin?: string;
  readonly rpId?: string;
  readonly verified?: boolean;
  readonly present?: boolean;
  readonly counter?: number;
  readonly challenge?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  readonly attestation?: 'none' | 'certificate';
}

interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
}

const PRESENT = 0x01;
const VERIFIED = 0x04;
const SYNCABLE = 0x08;
const SYNCED = 0x10;
const CREDENTIAL_FOLLOWS = 0x40;

/** An authenticator with one passkey on P-256, and the browser in front of it: what they send, byte by byte. */
export class Authenticator {
  readonly credentialId = randomBytes(16);
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private userHandle = '';
  private counter = 0;

  constructor(
    private readonly origin: string,
    private readonly counts = false,
  ) {}

  /** What `navigator.credentials.create()` gives, as JSON. */
  make(options: CreationOptions, how: Circumstances = {}): Json {
    this.userHandle = options.user.id;
    const attested = Buffer.concat([
      Buffer.alloc(16), // no model is named
      uint16(this.credentialId.length),
      this.credentialId,
      this.coseKey(),
    ]);
    const authData = Buffer.concat([this.authenticatorData(how, CREDENTIAL_FOLLOWS), attested]);
    const statement = how.attestation === 'certificate' ? cbor(new Map([['x5c', [randomBytes(8)]]])) : cbor(new Map());
    const attestationObject = Buffer.concat([
      Buffer.of(0xa3),
      cbor('fmt'),
      cbor(how.attestation === 'certificate' ? 'packed' : 'none'),
      cbor('attStmt'),
      statement,
      cbor('authData'),
      cbor(authData),
    ]);
    return this.credential({
      clientDataJSON: text(this.clientData('webauthn.create', options.challenge, how)),
      attestationObject: text(attestationObject),
      transports: ['internal', 'hybrid'],
      publicKeyAlgorithm: -7, // browsers say more than anybody needs
    });
  }

  /** What `navigator.credentials.get()` gives, as JSON. */
  use(
    options: { readonly challenge: string },
    how: Circumstances & { readonly userHandle?: string | null } = {},
  ): Json {
    const clientData = this.clientData('webauthn.get', options.challenge, how);
    const authData = this.authenticatorData(how, 0);
    const { privateKey } = this.keys;
    const signature = sign('sha256', Buffer.concat([authData, sha256(clientData)]), privateKey);
    return this.credential({
      clientDataJSON: text(clientData),
      authenticatorData: text(authData),
      signature: text(signature),
      userHandle: how.userHandle === undefined ? this.userHandle : how.userHandle,
    });
  }

  private credential(response: Json): Json {
    const id = text(this.credentialId);
    const authenticatorAttachment = 'platform';
    return { id, rawId: id, type: 'public-key', authenticatorAttachment, clientExtensionResults: {}, response };
  }

  private clientData(type: string, challenge: string, how: Circumstances): Buffer {
    const { origin = this.origin, crossOrigin = false } = how;
    const said = { type: how.type ?? type, challenge: how.challenge ?? challenge, origin, crossOrigin };
    return Buffer.from(JSON.stringify(said));
  }

  /** WebAuthn §6.1. */
  private authenticatorData(how: Circumstances, more: number): Buffer {
    const { rpId = new URL(this.origin).hostname, present = true, verified = true } = how;
    const flags = (present ? PRESENT : 0) | (verified ? VERIFIED : 0) | SYNCABLE | SYNCED | more;
    if (this.counts) this.counter += 1;
    return Buffer.concat([sha256(Buffer.from(rpId)), Buffer.of(flags), uint32(how.counter ?? this.counter)]);
  }

  /** RFC 9052 §7: EC2, ES256, P-256, x, y. */
  private coseKey(): Buffer {
    const { x = '', y = '' } = this.keys.publicKey.export({ format: 'jwk' });
    return cbor(
      new Map<number, number | Buffer>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ]),
    );
  }
}

type Cbor = number | string | Buffer | Cbor[] | Map<number | string, Cbor>;

/** As much of RFC 8949 as an authenticator needs. */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, item]) => [cbor(key), cbor(item)])]);
}

function head(major: number, count: number): Buffer {
  if (count < 24) return Buffer.of((major << 5) | count);
  if (count < 256) return Buffer.of((major << 5) | 24, count);
  return Buffer.concat([Buffer.of((major << 5) | 25), uint16(count)]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function sha256(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

function text(data: Buffer): string {
  return data.toString('base64url');
}

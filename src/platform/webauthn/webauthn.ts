import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { decodeAttestationObject, decodeClientDataJSON, isoBase64URL } from '@simplewebauthn/server/helpers';

import { Clock } from '../clock.js';
import { Config } from '../config/config.js';
import { sha256 } from '../crypto/seal.js';
import { Database, type Tx } from '../database/database.js';
import { Jobs } from '../jobs/jobs.js';
import { Random } from '../random.js';
import type { NewPasskeyAnswer, PasskeyAnswer } from './credential-json.js';

/** What a challenge is for. The answer to one is worth nothing for another: nobody adds a passkey by signing in. */
export type Ceremony = 'sign-in' | `customer-passkey:${string}` | `staff-passkey:${string}`;

/** For whom a passkey is made. */
export interface PasskeyOwner {
  /** By what we know the account again; it must not say who that is (WebAuthn Level 3 §14.6.1). */
  readonly handle: Buffer;
  /** What the browser shows beside it, and keeps. */
  readonly name: string;
  /** The credentials that they have; an authenticator that holds one makes no second. */
  readonly known: readonly { readonly credentialId: Buffer; readonly transports: readonly string[] }[];
}

/** The public half of a passkey, and how often the authenticator says that it signed. */
export interface PasskeyKey {
  readonly credentialId: Buffer;
  readonly publicKey: Buffer;
  readonly counter: number;
}

export interface NewPasskeyKey extends PasskeyKey {
  readonly transports: string[];
  /** Whether its owner has it on other devices, too. */
  readonly synced: boolean;
}

export interface PasskeyUse {
  readonly counter: number;
  readonly synced: boolean;
}

const CHALLENGE_LIFE_MS = 5 * 60_000;

/** ES256, EdDSA and RS256: what authenticators have, each verified on every Node.js that we run on. */
const ALGORITHMS = [-7, -8, -257];

/** The server's side of WebAuthn: challenges, and whether what an authenticator signed is an answer to one of them. */
@Injectable()
export class WebAuthn implements OnModuleInit {
  private readonly rpId: string;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {
    this.rpId = new URL(config.issuer).hostname;
  }

  onModuleInit(): void {
    this.jobs.every('webauthn-challenges', 3_600_000, () => this.sweep());
  }

  /** What a browser needs to make a passkey. */
  async creationOptions(ceremony: Ceremony, owner: PasskeyOwner): Promise<PublicKeyCredentialCreationOptionsJSON> {
    return generateRegistrationOptions({
      rpName: 'CCX',
      rpID: this.rpId,
      userID: new Uint8Array(owner.handle),
      userName: owner.name,
      userDisplayName: owner.name,
      challenge: await this.challenge(ceremony),
      timeout: CHALLENGE_LIFE_MS,
      attestationType: 'none',
      excludeCredentials: owner.known.map(({ credentialId, transports }) => ({
        id: credentialId.toString('base64url'),
        transports: [...transports],
      })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: ALGORITHMS,
    });
  }

  /**
   * What a browser needs to use a passkey. It names none: the authenticator knows its own, and a list would tell
   * strangers which accounts there are (WebAuthn Level 3 §14.6.2).
   */
  async requestOptions(): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return generateAuthenticationOptions({
      rpID: this.rpId,
      challenge: await this.challenge('sign-in'),
      timeout: CHALLENGE_LIFE_MS,
      userVerification: 'required',
    });
  }

  /** Takes the challenge away that this answers. Of several answers to it, the first has it; late ones have none. */
  async consume(tx: Tx, ceremony: Ceremony, answer: PasskeyAnswer | NewPasskeyAnswer): Promise<boolean> {
    const challenge = challengeOf(answer);
    if (challenge === null) return false;
    const [rows] = await tx.query<[{ expires_at: Date }[], number]>(
      'delete from webauthn_challenges where challenge_hash = $1 returning expires_at',
      [hashOf(ceremony, challenge)],
    );
    return rows.some(({ expires_at: expiresAt }) => this.clock.now() < expiresAt);
  }

  /** The key of a new passkey whose challenge was consumed, or null when it is not as it must be. */
  async verifyNew(answer: NewPasskeyAnswer): Promise<NewPasskeyKey | null> {
    if (!isPlain(answer)) return null;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: answer,
      expectedChallenge: () => true,
      expectedOrigin: this.config.issuer,
      expectedRPID: this.rpId,
      supportedAlgorithmIDs: ALGORITHMS,
    }).catch(refused);
    if (!verified || !registrationInfo) return null;
    const { credential, credentialBackedUp } = registrationInfo;
    return {
      credentialId: Buffer.from(credential.id, 'base64url'),
      publicKey: Buffer.from(credential.publicKey),
      counter: credential.counter,
      transports: answer.response.transports ?? [],
      synced: credentialBackedUp,
    };
  }

  /**
   * What to remember of the use of a passkey, or null when it did not sign this as it must: here, with its owner
   * verified, and with a counter that went on where it has one. The challenge must have been consumed, and the row of
   * the key be held, or a copy of the authenticator could slip in with the same counter.
   */
  async verify(answer: PasskeyAnswer, key: PasskeyKey): Promise<PasskeyUse | null> {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer,
      expectedChallenge: () => true,
      expectedOrigin: this.config.issuer,
      expectedRPID: this.rpId,
      credential: {
        id: key.credentialId.toString('base64url'),
        publicKey: new Uint8Array(key.publicKey),
        counter: key.counter,
      },
    }).catch(refused);
    if (!verified || !authenticationInfo || isFramed(answer)) return null;
    return { counter: authenticationInfo.newCounter, synced: authenticationInfo.credentialBackedUp };
  }

  private async challenge(ceremony: Ceremony): Promise<Uint8Array<ArrayBuffer>> {
    const challenge = new Uint8Array(this.random.bytes(32));
    const expiresAt = new Date(this.clock.now().getTime() + CHALLENGE_LIFE_MS);
    await this.database.reader.query('insert into webauthn_challenges (challenge_hash, expires_at) values ($1, $2)', [
      hashOf(ceremony, isoBase64URL.fromBuffer(challenge)),
      expiresAt,
    ]);
    return challenge;
  }

  private async sweep(): Promise<void> {
    await this.database.reader.query('delete from webauthn_challenges where expires_at <= $1', [this.clock.now()]);
  }
}

// What it is for, and for whom, is part of the hash: no column says who asked for a challenge.
function hashOf(ceremony: Ceremony, challenge: string): Buffer {
  return sha256(`${ceremony} ${challenge}`);
}

function challengeOf({ response }: PasskeyAnswer | NewPasskeyAnswer): string | null {
  try {
    const { challenge } = decodeClientDataJSON(response.clientDataJSON);
    return typeof challenge === 'string' ? challenge : null;
  } catch {
    return null;
  }
}

/** A page of somebody else's that frames us gets no answer that counts. */
function isFramed({ response }: PasskeyAnswer | NewPasskeyAnswer): boolean {
  return decodeClientDataJSON(response.clientDataJSON).crossOrigin === true;
}

/**
 * Whether it comes without certificates, as was asked for. To check one, the library fetches revocation lists from
 * wherever the certificate says.
 */
function isPlain(answer: NewPasskeyAnswer): boolean {
  try {
    const attestation = decodeAttestationObject(isoBase64URL.toBuffer(answer.response.attestationObject));
    const format = attestation.get('fmt');
    const isSelfSigned = format === 'packed' && attestation.get('attStmt').get('x5c') === undefined;
    return (format === 'none' || isSelfSigned) && !isFramed(answer);
  } catch {
    return false;
  }
}

/** The library throws for all that is wrong with an answer; nobody is told which it was. */
function refused(): { verified: false; registrationInfo?: never; authenticationInfo?: never } {
  return { verified: false };
}

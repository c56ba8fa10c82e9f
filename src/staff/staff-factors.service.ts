import { Injectable } from '@nestjs/common';
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';

import { Clock } from '../platform/clock.js';
import { encodeSubject } from '../platform/crypto/pairwise.js';
import { Kek } from '../platform/crypto/kek.js';
import { Pepper } from '../platform/crypto/pepper.js';
import { WrappedKeys } from '../platform/crypto/wrapped-keys.js';
import type { Reader, Tx } from '../platform/database/database.js';
import type { NewPasskeyAnswer, PasskeyAnswer } from '../platform/webauthn/credential-json.js';
import { WebAuthn } from '../platform/webauthn/webauthn.js';
import { StaffFactor } from './staff-factor.entity.js';
import type { StaffMember } from './staff-member.entity.js';
import { lockFactor } from './staff.queries.js';
import { stepOfCode } from './totp.js';

/** What proves a second factor: a code of the app, or what a passkey signed. */
export interface FactorProof {
  readonly code?: string | undefined;
  readonly passkey?: PasskeyAnswer | undefined;
}

/** The same for one that is new. */
export interface NewFactorProof {
  readonly code?: string | undefined;
  readonly passkey?: NewPasskeyAnswer | undefined;
}

type Member = Pick<StaffMember, 'id' | 'email'>;
type FactorMeans = Partial<Omit<StaffFactor, 'staffId' | 'createdAt'>> & Pick<StaffFactor, 'kind'>;

/** The second factors of staff: kept, and proven. */
@Injectable()
export class StaffFactors {
  private readonly handleKey: Buffer;

  constructor(
    private readonly clock: Clock,
    private readonly kek: Kek,
    private readonly webauthn: WebAuthn,
    pepper: Pepper,
    wrapped: WrappedKeys,
  ) {
    this.handleKey = pepper.derive('staff passkey handles');
    const secret = { column: 'totp_secret', of: 'staff_id', aad: secretAad };
    wrapped.register(
      { ...secret, table: 'staff_factors', key: { staff_id: 'uuid' } },
      { ...secret, table: 'staff_enrolments', key: { token_hash: 'bytea' } },
    );
  }

  find(reader: Reader, staffId: string): Promise<StaffFactor | null> {
    return reader.findOneBy(StaffFactor, { staffId });
  }

  /** What the browser needs to make a passkey for the member. */
  creationOptions({ id, email }: Member): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const handle = Buffer.from(encodeSubject(id, this.handleKey));
    return this.webauthn.creationOptions(`staff-passkey:${id}`, { handle, name: email, known: [] });
  }

  /** Takes the new factor of a member, or answers null when the proof is none. A challenge is spent either way. */
  async confirm(
    tx: Tx,
    staffId: string,
    wrappedSecret: Buffer,
    proof: NewFactorProof,
  ): Promise<StaffFactor['kind'] | null> {
    const factor = proof.passkey
      ? await this.newPasskey(tx, staffId, proof.passkey)
      : this.newTotp(staffId, wrappedSecret, proof.code ?? '');
    if (!factor) return null;
    await this.keep(tx, staffId, factor);
    return factor.kind;
  }

  /** Gives the member this factor in place of any other. */
  async keep(tx: Tx, staffId: string, factor: FactorMeans): Promise<void> {
    await this.remove(tx, staffId);
    await tx.insert(StaffFactor, { staffId, createdAt: this.clock.now(), ...factor });
  }

  async remove(tx: Tx, staffId: string): Promise<void> {
    await tx.delete(StaffFactor, { staffId });
  }

  /** Whether the member proves the factor, which then remembers that it was used. Its row is held until commit. */
  async isProven(tx: Tx, staffId: string, proof: FactorProof): Promise<boolean> {
    const isOpen = proof.passkey ? await this.webauthn.consume(tx, 'sign-in', proof.passkey) : true;
    const factor = await lockFactor(tx, staffId);
    const used = factor && isOpen ? await this.useOf(factor, proof) : null;
    if (used) await tx.update(StaffFactor, { staffId }, used);
    return used !== null;
  }

  wrapSecret(staffId: string, secret: Buffer): Buffer {
    return this.kek.wrap(secret, secretAad(staffId));
  }

  unwrapSecret(staffId: string, wrapped: Buffer): Buffer {
    return this.kek.unwrap(wrapped, secretAad(staffId));
  }

  private async useOf(factor: StaffFactor, { code, passkey }: FactorProof): Promise<Partial<StaffFactor> | null> {
    const { staffId, totpSecret, totpStep, credentialId, publicKey, counter } = factor;
    if (totpSecret && totpStep !== null && code !== undefined) {
      const step = stepOfCode(this.unwrapSecret(staffId, totpSecret), code, this.clock.now(), totpStep);
      return step === null ? null : { totpStep: step };
    }
    if (credentialId && publicKey && counter !== null && passkey?.id === credentialId.toString('base64url')) {
      const use = await this.webauthn.verify(passkey, { credentialId, publicKey, counter });
      return use && { counter: use.counter };
    }
    return null;
  }

  private async newPasskey(tx: Tx, staffId: string, answer: NewPasskeyAnswer): Promise<FactorMeans | null> {
    const isOpen = await this.webauthn.consume(tx, `staff-passkey:${staffId}`, answer);
    const key = isOpen ? await this.webauthn.verifyNew(answer) : null;
    if (!key) return null;
    const { credentialId, publicKey, counter } = key;
    return { kind: 'passkey', credentialId, publicKey, counter };
  }

  private newTotp(staffId: string, totpSecret: Buffer, code: string): FactorMeans | null {
    const step = stepOfCode(this.unwrapSecret(staffId, totpSecret), code, this.clock.now(), 0);
    return step === null ? null : { kind: 'totp', totpSecret, totpStep: step };
  }
}

function secretAad(staffId: string): string {
  return `totp:${staffId}`;
}

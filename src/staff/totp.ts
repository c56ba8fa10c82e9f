import { Secret, TOTP } from 'otpauth';

/** Codes by time (RFC 6238), as every authenticator app makes them: SHA-1, six digits, thirty seconds. */
const USUAL = { issuer: 'CCX', algorithm: 'SHA1', digits: 6, period: 30 } as const;

/** RFC 4226 §4: a secret as long as what the hash gives. */
export const TOTP_SECRET_BYTES = 20;
export const TOTP_PERIOD_MS = USUAL.period * 1000;

/** How a code is written. */
export const TOTP_CODE = /^[0-9]{6}$/;

/** Clocks differ, and people type slowly: the code before and the one after count, too. */
const STEPS_ASIDE = 1;

/** The secret as people type it. */
export function base32Of(secret: Buffer): string {
  return new Secret({ buffer: new Uint8Array(secret).buffer }).base32;
}

export function secretOf(base32: string): Buffer {
  return Buffer.from(Secret.fromBase32(base32).bytes);
}

/** What an authenticator app reads as a QR code. */
export function totpUri(secret: Buffer, account: string): string {
  return totpOf(secret, account).toString();
}

export function codeAt(secret: Buffer, at: Date): string {
  return totpOf(secret).generate({ timestamp: at.getTime() });
}

/** The time step of which this is the code, around now and after the one that was accepted last; else null. */
export function stepOfCode(secret: Buffer, code: string, now: Date, lastStep: number): number | null {
  if (!TOTP_CODE.test(code)) return null;
  const timestamp = now.getTime();
  const totp = totpOf(secret);
  const delta = totp.validate({ token: code, timestamp, window: STEPS_ASIDE });
  if (delta === null) return null;
  const step = totp.counter({ timestamp }) + delta;
  return step > lastStep ? step : null;
}

function totpOf(secret: Buffer, label = ''): TOTP {
  return new TOTP({ ...USUAL, label, secret: new Secret({ buffer: new Uint8Array(secret).buffer }) });
}

// Signed tokens in large numbers.
import { createHash, createPrivateKey, createPublicKey, randomUUID, sign } from 'node:crypto';

const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');

export const now = () => Math.floor(Date.now() / 1_000);

/** The public part of a private key, as a JWK. */
export function publicPart(jwk) {
  return createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'jwk' });
}

/** Signs claims with ES256 under a header that is always the same. @returns {(claims: object) => string} */
export function jwtSigner(jwk, header) {
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  const begin = encode({ alg: 'ES256', ...header });
  return (claims) => {
    const signed = `${begin}.${encode({ jti: randomUUID(), iat: now(), ...claims })}`;
    const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  };
}

/** Makes DPoP proofs (RFC 9449). @returns {(htm: string, htu: string, token?: string) => string} */
export function proofSigner(jwk) {
  const proof = jwtSigner(jwk, { typ: 'dpop+jwt', jwk: publicPart(jwk) });
  return (htm, htu, token) =>
    proof({ htm, htu, ...(token && { ath: createHash('sha256').update(token).digest('base64url') }) });
}

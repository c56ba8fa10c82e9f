/** Where the continued fraction stands still. Beyond that, a term changes nothing that a double can hold. */
const PRECISION = 1e-15;
/** It settles within a few times √max(a, b) terms. */
const MOST_TERMS = 10_000;
/** Stands in for a denominator of 0 (Lentz's method). */
const TINY = 1e-300;

/** Lanczos' approximation with g = 7 and n = 9: fifteen digits for every positive number (Numerical Recipes §6.1). */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** The probability that what is distributed as Beta(a, b) is above `x`: 1 − Iₓ(a, b), without losing digits near 0. */
export function betaAbove(x: number, a: number, b: number): number {
  return incompleteBeta(1 - x, b, a);
}

/**
 * The regularised incomplete beta function Iₓ(a, b), for a and b above 0: the probability that what is distributed as
 * Beta(a, b) is at most `x`.
 *
 * NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov/8.17: the continued fraction 8.17.22, which
 * converges fast below (a + 1)/(a + b + 2), and the symmetry 8.17.4 above it; summed by Lentz's method.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const factor = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b));
  return (factor / a) * continuedFraction(x, a, b);
}

function continuedFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const term of [even, odd]) {
      d = 1 / awayFromZero(1 + term * d);
      c = awayFromZero(1 + term / c);
      change = c * d;
      value *= change;
    }
    if (Math.abs(change - 1) < PRECISION) break;
  }
  return value;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

function logGamma(z: number): number {
  // Below ½ the series loses digits: Γ(z) = Γ(z + 1) / z.
  if (z < 0.5) return logGamma(z + 1) - Math.log(z);
  const [first, ...others] = lanczos;
  const sum = others.reduce((total, coefficient, place) => total + coefficient / (z + place), first as number);
  const shifted = z + 6.5;
  return Math.log(Math.sqrt(2 * Math.PI) * sum) + (z - 0.5) * Math.log(shifted) - shifted;
}

import { minorDigits } from '../vocabulary/currencies.js';

/** What tills call the units of UN/ECE Recommendation 20. */
const units: Readonly<Record<string, string>> = {
  EACH: 'EA',
  PC: 'EA',
  PCS: 'EA',
  ST: 'EA',
  STK: 'EA',
  KG: 'KGM',
  G: 'GRM',
  LB: 'LBR',
  OZ: 'ONZ',
  L: 'LTR',
  ML: 'MLT',
  CL: 'CLT',
  M: 'MTR',
  CM: 'CMT',
};

/** The code of a unit, by what a till calls it. */
export function unitOf(text: string): string {
  const unit = text.toUpperCase();
  return units[unit] ?? unit;
}

/** An amount in minor units, or null when it is none in this currency. A comma is the decimal one of German tills. */
export function minorUnitsOf(text: string, currency: string): number | null {
  const digits = minorDigits(currency);
  const [whole = '', fraction = ''] = decimalOf(text)?.split('.') ?? [];
  if (whole === '' || whole.length > 13 || fraction.replace(/0+$/, '').length > digits) return null;
  return Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
}

/** How much it is, whichever way it went: one text for one quantity, however many zeros a till writes. Null for none. */
export function normalQuantity(text: string): string | null {
  const [whole = '', fraction = ''] = decimalOf(text)?.replace('-', '').split('.') ?? [];
  const significant = fraction.replace(/0+$/, '');
  const quantity = whole.replace(/^0+(?=\d)/, '') + (significant && `.${significant}`);
  return quantity === '' || quantity === '0' ? null : quantity;
}

/** A decimal number with a point; null when it is none. Nothing stands between thousands. */
function decimalOf(text: string): string | null {
  return /^-?\d+([.,]\d+)?$/.test(text) ? text.replace(',', '.') : null;
}

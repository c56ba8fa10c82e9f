/**
 * Twelve digits: they can be typed, and make a QR code that every scanner reads.
 *
 * Nobody can guess one within its life. Of 10^12 codes perhaps 10^5 are open at once, on the busiest afternoon of a
 * large country. A retailer may ask for 3 000 unknown ones in a quarter of an hour over all its clients, 288 000 a day: it
 * would hit an open one on about one day in 35 (with one client, 600 and 57 600, in 170). That tells it nothing unless
 * the customer has consented to that very retailer, and then no more than a look-up of a subject that it knows.
 */
export const TILL_CODE_DIGITS = 12;
export const TILL_CODE_LIFE_MS = 60_000;

const CODE = new RegExp(`^\\d{${TILL_CODE_DIGITS}}$`);

/** @param random 8 bytes; that some codes are likelier by one part in 10^7 helps nobody. */
export function makeTillCode(random: Buffer): string {
  return String(random.readBigUInt64BE() % 10n ** BigInt(TILL_CODE_DIGITS)).padStart(TILL_CODE_DIGITS, '0');
}

/** The code in what somebody typed or scanned, with or without spaces between its groups; null when there is none. */
export function tillCodeIn(text: string): string | null {
  const digits = text.replaceAll(/[ -]/g, '');
  return CODE.test(digits) ? digits : null;
}

/** For people: in groups of four. */
export function spellTillCode(code: string): string {
  return code.replaceAll(/(?<=\d)(?=(?:\d{4})+$)/g, ' ');
}

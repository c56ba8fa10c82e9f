/** Why a check does not hold, by which the command's exit code is chosen. */
export const faultCodes = {
  /** What is said does not follow from what is proved. */
  tampering: 1,
  /** It is not what it says it is, so that nothing can be said of it. */
  malformed: 2,
  /** Nothing is wrong with it, but what it rests on is not known to be right. */
  trust: 3,
  /** It could not be read at all. */
  unreadable: 4,
} as const;

export type FaultKind = keyof typeof faultCodes;

/** A check that does not hold. The message ends the line about it and says what was found. */
export class Fault extends Error {
  override readonly name = 'Fault';

  constructor(
    readonly kind: FaultKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export const tampering = (message: string) => new Fault('tampering', message);
export const malformed = (message: string) => new Fault('malformed', message);
export const distrust = (message: string) => new Fault('trust', message);
export const unreadable = (message: string) => new Fault('unreadable', message);

/** A text from outside as it may be shown: short, and without anything that a terminal would obey. */
export function quoted(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 77)}…` : text;
  return JSON.stringify(short).replaceAll(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '?');
}

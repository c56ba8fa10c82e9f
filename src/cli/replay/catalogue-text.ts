const LONGEST = 60;

/** A text of a catalogue as events may have it, or undefined when nothing is left of it. */
export function labelOf(text: string): string | undefined {
  const plain = text.replaceAll(/[^A-Za-z0-9.,:;!?'"&/%()+*#£$_-]+/g, ' ').trim();
  return plain.slice(0, LONGEST).trim() || undefined;
}

/** The same as a code: `FLUID-MILK-PRODUCTS`. */
export function codeOf(text: string): string | undefined {
  return text.replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-|-$/g, '') || undefined;
}

interface OpenCode {
  type: 'string';
  'x-extensible-enum': string[];
}

/** The schema of a code in an answer. Such lists are open: answers may gain values, and callers must expect them. */
export function openCode(values: readonly string[]): OpenCode {
  return { type: 'string', 'x-extensible-enum': [...values] };
}

/** The schema of a list of codes in an answer. */
export function openCodes(values: readonly string[]): { type: 'array'; items: OpenCode } {
  return { type: 'array', items: openCode(values) };
}

const LONGEST_TEXT = 44;
const LONGEST_LINE = 230;
const MOST_ITEMS = 4;

/** Members that nobody needs to see, even of a demo; in forms also what guards the form. */
const secrets = /^(password|.*token|totp|session|recovery_codes|client_assertion|code_verifier)$/;
const formSecrets = /^(form|code)$/;
const uuid = /\b([0-9a-f]{4})[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{8}([0-9a-f]{4})\b/g;

/** A value on one line, short enough to read, without secrets. */
export function shorten(value: unknown): string {
  return cut(inWords(value), LONGEST_LINE);
}

/** The fields of a form in the same way. JSON in them is told as what it is. */
export function shortenForm(form: URLSearchParams): string {
  const names = [...new Set(form.keys())];
  return shorten(Object.fromEntries(names.map((name) => [name, fieldOf(name, form.getAll(name))])));
}

/** Only the ends of ids: people tell them apart by these. */
export function shortenIds(text: string): string {
  return text.replace(uuid, '$1…$2');
}

function fieldOf(name: string, values: string[]): unknown {
  const [only] = values;
  if (formSecrets.test(name)) return '…';
  if (values.length > 1) return values;
  return only?.startsWith('[') ? (JSON.parse(only) as unknown) : only;
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) {
    const shown = value.slice(0, MOST_ITEMS).map(inWords);
    const more = value.length - shown.length;
    return `[${[...shown, ...(more > 0 ? [`… ${more} more`] : [])].join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([name, of]) => `${name}: ${secrets.test(name) ? hidden(of) : inWords(of)}`,
    );
    return `{${members.join(', ')}}`;
  }
  return cut(shortenIds(String(value)), LONGEST_TEXT);
}

/** Of a token its beginning, which says what it is. */
function hidden(value: unknown): string {
  if (typeof value === 'string') return /^(ccx_..|eyJ)/.test(value) ? `${value.slice(0, 7)}…` : '…';
  return Array.isArray(value) ? `[${value.length} of them]` : '{…}';
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

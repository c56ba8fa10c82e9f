import { readFileSync } from 'node:fs';

/** One call of a worked example: what is sent and what is answered, as the guide prints them. */
export interface Exchange {
  readonly line: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly status: number;
  /** The headers of the answer that the guide prints. */
  readonly answerHeaders: Readonly<Record<string, string>>;
  /** What the guide prints of the answer's body; undefined when there is none. */
  readonly answer: string | undefined;
}

export interface WorkedExample {
  readonly title: string;
  readonly exchanges: readonly Exchange[];
}

/** The placeholders of an example: `{name}` stands for a value that is known, or is learnt where it first appears. */
export type Known = Map<string, string>;

const ELISION = '…';

/** Reads the examples of a guide: each `## <number>. <title>` with its `http` blocks, each a request and its answer. */
export function workedExamples(file: string): WorkedExample[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const examples: { title: string; blocks: Block[] }[] = [];
  for (let at = 0; at < lines.length; at++) {
    const title = /^## (\d+\. .+)$/.exec(lines[at]!)?.[1];
    if (title) examples.push({ title, blocks: [] });
    if (!lines[at]!.startsWith('```http')) continue;
    const end = lines.indexOf('```', at);
    examples.at(-1)?.blocks.push({ line: at + 2, text: lines.slice(at + 1, end).join('\n') });
    at = end;
  }
  return examples.map(({ title, blocks }) => ({ title, exchanges: blocks.map(exchange) }));
}

interface Block {
  readonly line: number;
  readonly text: string;
}

function exchange({ line, text }: Block): Exchange {
  const [request = '', answered = ''] = text.split(/\n\n(?=HTTP\/1\.1 )/);
  const [start, headers, body] = message(request);
  const [status, answerHeaders, answer] = message(answered);
  const [, method, path] = /^([A-Z]+) (\S+)$/.exec(start) ?? [];
  const [, code] = /^HTTP\/1\.1 (\d{3})\b/.exec(status) ?? [];
  if (!method || !path || !code) throw new Error(`Line ${line}: not a request followed by its answer.`);
  return { line, method, path, headers, body, status: Number(code), answerHeaders, answer };
}

/** A message of HTTP/1.1: the first line, the headers and, after an empty line, the body. */
function message(text: string): [start: string, headers: Record<string, string>, body: string | undefined] {
  const [head = '', ...rest] = text.split('\n\n');
  const [start = '', ...headers] = head.split('\n');
  const named = headers.map((header) => header.split(/:\s*(.*)/s).slice(0, 2) as [string, string]);
  const body = rest.join('\n\n').trim();
  return [start, Object.fromEntries(named), body === '' ? undefined : body];
}

/** The text with every placeholder in its place. @throws Error for one that nothing has given a value */
export function filledIn(text: string, known: Known): string {
  return text.replaceAll(/\{([a-z][a-z_]*)\}/g, (_, name: string) => {
    const value = known.get(name);
    if (value === undefined) throw new Error(`The guide uses {${name}} before it is known.`);
    return value;
  });
}

/**
 * What differs between an answer and what the guide prints; empty when nothing does. An `…` in a text stands for any
 * text, as a member or as an element it stands for any others; everything else must be there word for word. A text
 * that is only a placeholder is learnt where it first appears and must be the same from there on.
 */
export function differences(printed: unknown, actual: unknown, known: Known, at = ''): string[] {
  if (typeof printed === 'string') return textDiffers(printed, actual, known, at);
  if (Array.isArray(printed)) {
    if (!Array.isArray(actual)) return [`${at || '/'} is no list but ${JSON.stringify(actual)}`];
    return listDiffers(printed, actual, known, at);
  }
  if (typeof printed === 'object' && printed !== null) return objectDiffers(printed, actual, known, at);
  return printed === actual ? [] : [`${at} is ${JSON.stringify(actual)}, not ${JSON.stringify(printed)}`];
}

/** Every member in its order; where an `…` stands, any others may stand. */
function listDiffers(printed: readonly unknown[], actual: readonly unknown[], known: Known, at: string): string[] {
  let next = 0;
  let open = false;
  for (const [index, member] of printed.entries()) {
    if (member === ELISION) {
      open = true;
      continue;
    }
    const isLast = index === printed.length - 1;
    if (open && isLast) next = Math.max(next, actual.length - 1);
    else if (open) next = actual.findIndex((one, place) => place >= next && fits(member, one, known));
    if (next === -1) return [`${at || '/'} has no ${JSON.stringify(member)}: ${JSON.stringify(actual)}`];
    const faults = differences(member, actual[next], known, `${at}/${next}`);
    if (faults.length > 0) return faults;
    next += 1;
    open = false;
  }
  const rest = open ? [] : actual.slice(next);
  return rest.length === 0 ? [] : [`${at || '/'} has more members: ${JSON.stringify(rest)}`];
}

/** Whether nothing differs; nothing is learnt from trying. */
function fits(printed: unknown, actual: unknown, known: Known): boolean {
  return differences(printed, actual, new Map(known)).length === 0;
}

function objectDiffers(printed: object, actual: unknown, known: Known, at: string): string[] {
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) {
    return [`${at || '/'} is no object but ${JSON.stringify(actual)}`];
  }
  const { [ELISION]: open, ...members } = printed as Record<string, unknown>;
  const unprinted = Object.keys(actual).filter((name) => !(name in members));
  return [
    ...(open === undefined ? unprinted.map((name) => `${at}/${name} is not printed`) : []),
    ...Object.entries(members).flatMap(([name, value]) =>
      name in actual
        ? differences(value, (actual as Record<string, unknown>)[name], known, `${at}/${name}`)
        : [`${at}/${name} is not there`],
    ),
  ];
}

function textDiffers(printed: string, actual: unknown, known: Known, at: string): string[] {
  const name = /^\{([a-z][a-z_]*)\}$/.exec(printed)?.[1];
  if (name !== undefined && typeof actual === 'string' && !known.has(name)) known.set(name, actual);
  const expected = filledIn(printed, known);
  const pattern = expected.split(ELISION).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const same = typeof actual === 'string' && new RegExp(`^${pattern.join('.*')}$`, 's').test(actual);
  return same ? [] : [`${at || '/'} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`];
}

/** The block of a guide that begins with these words after its fence, such as `sh restore`. */
export function codeBlock(file: string, opening: string): string {
  const lines = readFileSync(file, 'utf8').split('\n');
  const start = lines.findIndex((line) => line.trim() === `\`\`\`${opening}`);
  if (start < 0) throw new Error(`${file} has no block that begins with ${opening}.`);
  const indent = lines[start]!.indexOf('`');
  const length = lines.slice(start + 1).findIndex((line) => line.trim() === '```');
  return lines
    .slice(start + 1, start + 1 + length)
    .map((line) => line.slice(indent))
    .join('\n');
}

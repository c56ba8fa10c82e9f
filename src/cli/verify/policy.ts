import { malformed, quoted } from './fault.js';
import { type NoteKey, parseKey } from './note.js';

/** Whom to believe (C2SP tlog-policy): the logs, the witnesses, and how many of these have to have cosigned. */
export interface Policy {
  readonly logs: readonly NoteKey[];
  readonly witnesses: readonly NoteKey[];
  /** Whether these are enough. */
  isQuorum(cosigners: readonly NoteKey[]): boolean;
  /** How the quorum is written. */
  readonly quorum: string;
}

type Rule = (cosigners: readonly NoteKey[]) => boolean;

/** More than the 32 of each that every reader should take. */
const MOST_LINES = 1_000;
// oxlint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u0008\u000b-\u001f\u007f]/;

/** @throws Fault naming the line */
export function parsePolicy(text: string): Policy {
  const reader = new PolicyReader();
  if (forbidden.test(text)) throw malformed('the policy has control characters');
  const lines = text.split('\n');
  if (lines.length > MOST_LINES) throw malformed(`the policy has more than ${MOST_LINES} lines`);
  for (const [index, line] of lines.entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    if (words.length > 0 && !words[0]?.startsWith('#')) reader.read(words, index + 1);
  }
  return reader.policy();
}

class PolicyReader {
  private readonly logs: NoteKey[] = [];
  private readonly witnesses: NoteKey[] = [];
  private readonly rules = new Map<string, Rule>([['none', () => true]]);
  /** Each name counts in one place only, so that no witness counts twice. */
  private readonly members = new Set<string>();
  private quorum: { name: string; rule: Rule } | undefined;

  read([keyword, ...words]: readonly string[], line: number): void {
    const wrong = (why: string) => malformed(`line ${line} of the policy ${why}`);
    if (keyword === 'log' && (words.length === 1 || words.length === 2)) {
      this.logs.push(this.key(words[0] as string, 'log', wrong));
    } else if (keyword === 'witness' && (words.length === 2 || words.length === 3)) {
      const key = this.key(words[1] as string, 'witness', wrong);
      this.witnesses.push(key);
      this.define(words[0] as string, (cosigners) => cosigners.includes(key), wrong);
    } else if (keyword === 'group' && words.length >= 3) {
      this.group(words, wrong);
    } else if (keyword === 'quorum' && words.length === 1) {
      if (this.quorum) throw wrong('is a second quorum');
      this.quorum = { name: words[0] as string, rule: this.known(words[0] as string, wrong) };
    } else {
      throw wrong('is none of log, witness, group and quorum with what belongs to them');
    }
  }

  policy(): Policy {
    if (!this.quorum) throw malformed('the policy has no quorum line (`quorum none` asks for no witness)');
    const { logs, witnesses, quorum } = this;
    return { logs, witnesses, isQuorum: quorum.rule, quorum: quorum.name };
  }

  private group([name, threshold, ...members]: readonly string[], wrong: (why: string) => Error): void {
    const rules = members.map((member) => {
      if (member === 'none' || this.members.has(member)) throw wrong(`cannot have the member ${quoted(member)}`);
      this.members.add(member);
      return this.known(member, wrong);
    });
    const least = threshold === 'all' ? members.length : threshold === 'any' ? 1 : Number(threshold);
    const isNumber = threshold === 'all' || threshold === 'any' || /^[1-9]\d*$/.test(threshold ?? '');
    if (!isNumber || least > members.length) throw wrong(`asks for ${quoted(threshold ?? '')} of ${members.length}`);
    this.define(name as string, (cosigners) => rules.filter((rule) => rule(cosigners)).length >= least, wrong);
  }

  private key(vkey: string, type: NoteKey['type'], wrong: (why: string) => Error): NoteKey {
    const key = parseKey(vkey);
    if (key.type !== type) throw wrong(`has a key that is not a ${type}'s`);
    const same = type === 'log' ? this.logs : this.witnesses;
    if (same.some(({ publicKey }) => publicKey.equals(key.publicKey))) throw wrong('has a key that is there already');
    return key;
  }

  private define(name: string, rule: Rule, wrong: (why: string) => Error): void {
    if (this.rules.has(name)) throw wrong(`defines ${quoted(name)} again`);
    this.rules.set(name, rule);
  }

  private known(name: string, wrong: (why: string) => Error): Rule {
    const rule = this.rules.get(name);
    if (!rule) throw wrong(`names ${quoted(name)}, which no line before it defines`);
    return rule;
  }
}

import { parseVerifierKey, signatureTypes, type VerifierKey } from './verifier-key.js';

export interface PolicyWitness {
  readonly name: string;
  readonly key: VerifierKey;
  /** Where it takes checkpoints: its submission prefix (C2SP tlog-witness). */
  readonly url: string | null;
}

interface PolicyGroup {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly string[];
}

/** Which cosignatures make a checkpoint good enough (C2SP tlog-policy). */
export interface WitnessPolicy {
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: readonly PolicyGroup[];
  /** The witness or group that has to have witnessed it, or `none`. */
  readonly quorum: string;
}

export const NONE = 'none';

/** A policy that asks for nothing. */
export const noWitnesses: WitnessPolicy = { witnesses: [], groups: [], quorum: NONE };

/** What is wrong with a policy, and where. */
export class PolicyFault extends Error {
  override readonly name = 'PolicyFault';

  constructor(message: string, line?: number) {
    super(line === undefined ? message : `line ${line}: ${message}`);
  }
}

/** Whether these witnesses, having cosigned, are a quorum. */
export function isQuorum({ witnesses, groups, quorum }: WitnessPolicy, cosigned: ReadonlySet<string>): boolean {
  if (quorum === NONE) return true;
  const hold = new Set(witnesses.map(({ name }) => name).filter((name) => cosigned.has(name)));
  // A group names only what stands before it.
  for (const { name, threshold, members } of groups) {
    if (members.filter((member) => hold.has(member)).length >= threshold) hold.add(name);
  }
  return hold.has(quorum);
}

/** The policy as those write it who verify: with the log's own keys, and without the way to the witnesses. */
export function policyText(logKeys: readonly string[], { witnesses, groups, quorum }: WitnessPolicy): string {
  return [
    ...logKeys.map((vkey) => `log ${vkey}`),
    ...witnesses.map(({ name, key }) => `witness ${name} ${key.vkey}`),
    ...groups.map(({ name, threshold, members }) => `group ${name} ${threshold} ${members.join(' ')}`),
    `quorum ${quorum}`,
    '',
  ].join('\n');
}

/** Reads a policy file. Its `log` lines are for others: they are checked and not kept. @throws PolicyFault */
export function parsePolicy(text: string): WitnessPolicy {
  const draft = new PolicyDraft();
  for (const [index, line] of text.split('\n').entries()) draft.read(line, index + 1);
  return draft.finished();
}

class PolicyDraft {
  private readonly witnesses: PolicyWitness[] = [];
  private readonly groups: PolicyGroup[] = [];
  private readonly names = new Set<string>();
  private readonly members = new Set<string>();
  private readonly keys = new Set<string>();
  private quorum: string | undefined;

  read(line: string, number: number): void {
    if (/[^\t\x20-\x7e\x80-\uffff]/.test(line)) throw new PolicyFault('has a control character', number);
    const [keyword, ...items] = line.split(/[\t ]+/).filter((item) => item !== '');
    if (keyword === undefined || keyword.startsWith('#')) return;
    try {
      this.take(keyword, items);
    } catch (error) {
      if (error instanceof PolicyFault) throw new PolicyFault(error.message, number);
      throw error;
    }
  }

  finished(): WitnessPolicy {
    if (this.quorum === undefined) throw new PolicyFault('there is no quorum line');
    return { witnesses: this.witnesses, groups: this.groups, quorum: this.quorum };
  }

  private take(keyword: string, items: string[]): void {
    switch (keyword) {
      case 'log':
        return this.log(items);
      case 'witness':
        return this.witness(items);
      case 'group':
        return this.group(items);
      case 'quorum':
        return this.setQuorum(items);
      default:
        throw new PolicyFault(`${keyword} is not log, witness, group or quorum`);
    }
  }

  private log([vkey = '', , ...more]: string[]): void {
    if (more.length > 0) throw new PolicyFault('a log has a key and at most a URL');
    this.keyOf(vkey, signatureTypes.ed25519);
  }

  private witness([name = '', vkey = '', url, ...more]: string[]): void {
    if (more.length > 0) throw new PolicyFault('a witness has a name, a key and at most a URL');
    if (url !== undefined && !isHttp(url)) throw new PolicyFault(`${url} is not an http or https URL`);
    const key = this.keyOf(vkey, signatureTypes.cosignature);
    this.define(name);
    this.witnesses.push({ name, key, url: url ?? null });
  }

  private group([name = '', rule = '', ...members]: string[]): void {
    if (members.length === 0) throw new PolicyFault('a group has a name, a threshold and at least one member');
    const threshold = thresholdOf(rule, members.length);
    if (threshold > members.length) {
      throw new PolicyFault(`${rule} is not all, any, or a number from 1 to ${members.length}`);
    }
    for (const member of members) {
      this.refer(member);
      if (this.members.has(member)) throw new PolicyFault(`${member} is a member of a group already`);
      this.members.add(member);
    }
    this.define(name);
    this.groups.push({ name, threshold, members });
  }

  private setQuorum([name = '', ...more]: string[]): void {
    if (this.quorum !== undefined) throw new PolicyFault('there is a quorum line already');
    if (more.length > 0) throw new PolicyFault('a quorum is one name');
    if (name !== NONE) this.refer(name);
    this.quorum = name;
  }

  private define(name: string): void {
    if (name === NONE || name === '') throw new PolicyFault(`${name || 'nothing'} cannot be a name`);
    if (this.names.has(name)) throw new PolicyFault(`there is a ${name} already`);
    this.names.add(name);
  }

  private refer(name: string): void {
    if (!this.names.has(name)) throw new PolicyFault(`${name || 'nothing'} is not defined on a line before`);
  }

  private keyOf(vkey: string, type: number): VerifierKey {
    const key = parseVerifierKey(vkey);
    if (key?.type !== type) {
      throw new PolicyFault(`${vkey || 'nothing'} is not a verifier key of type 0x0${type} (Ed25519)`);
    }
    const same = `${type} ${key.publicKey.toString('hex')}`;
    if (this.keys.has(same)) throw new PolicyFault(`the key of ${key.name} is there already`);
    this.keys.add(same);
    return key;
  }
}

function thresholdOf(rule: string, members: number): number {
  if (rule === 'any') return 1;
  if (rule === 'all') return members;
  return /^[1-9]\d*$/.test(rule) ? Number(rule) : Infinity;
}

function isHttp(url: string): boolean {
  return URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol);
}

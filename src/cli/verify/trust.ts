import type { Checkpoint, Tree } from './checkpoint.js';
import { distrust, type Fault, quoted, tampering } from './fault.js';
import { Fields } from './fields.js';
import type { Json } from './json.js';
import { type NoteKey, parseKey, type Signed, verifiedSignatures } from './note.js';
import type { Policy } from './policy.js';
import { done, type Report } from './report.js';

/** A key as the log itself lists it: for which sizes it has signed. */
export interface ListedKey {
  readonly key: NoteKey;
  readonly fromSize: number;
  /** Null as long as it is in use. */
  readonly toSize: number | null;
}

/** Reads what the log says of its keys (`/log/v1/keys`). @throws Fault */
export function parseListedKeys(json: Json): ListedKey[] {
  return new Fields(json, 'the list of the log’s keys').objects('keys').map((item) => ({
    key: parseKey(item.string('vkey')),
    fromSize: item.integer('from_size'),
    toSize: item.integerOrNull('to_size'),
  }));
}

/**
 * Whose word counts: that of the policy's logs and witnesses. Without a policy a checkpoint is held against the keys
 * that come with it, which shows that it has not been changed since, and not who made it.
 */
export class Trust {
  private readonly witnessed = new Set<Checkpoint>();

  constructor(
    private readonly policy: Policy | undefined,
    private readonly listed: readonly ListedKey[],
  ) {}

  /** Checks whose checkpoint it is, and tells of it. @returns whether it is what the log has signed */
  async check(report: Report, checkpoint: Checkpoint, what: string): Promise<boolean> {
    const signed = await report.run(what, () => {
      const log = this.verify(checkpoint, what);
      return done(`${quoted(checkpoint.origin)}, size ${checkpoint.size}, signed with key ${log.key.keyId}`, true);
    });
    if (!this.policy) {
      report.skipped('policy', 'none was given (--policy): it is not known that these are the keys of the log');
    } else if (signed) {
      await this.checkWitnesses(report, checkpoint, what, this.policy);
    }
    return signed ?? false;
  }

  /** Whether it was checked that enough witnesses have seen it, so that it is the one tree that everybody is shown. */
  isWitnessed(checkpoint: Checkpoint): boolean {
    return this.witnessed.has(checkpoint);
  }

  /** The log's own signature of it. @throws Fault when it has none that counts */
  verify({ origin, size, note }: Checkpoint, what: string): Signed {
    const known = (this.policy ? this.policy.logs : this.listed.map(({ key }) => key)).filter(
      ({ name }) => name === origin,
    );
    const signatures = verifiedSignatures(note, known, what);
    if (signatures.length === 0) throw this.unsigned(origin, what);
    const inForce = signatures.find(({ key }) => !this.isOutOfForce(key, size));
    if (!inForce) throw distrust(`${what} is of size ${size}, at which its key was retired or not introduced yet`);
    return inForce;
  }

  private unsigned(origin: string, what: string): Fault {
    const whose = this.policy ? 'a log of the policy' : 'a key that comes with it';
    return distrust(`${what} of ${quoted(origin)} is not signed by ${whose}`);
  }

  private isOutOfForce(key: NoteKey, size: number): boolean {
    const listed = this.listed.find((candidate) => candidate.key.publicKey.equals(key.publicKey));
    return listed !== undefined && (size < listed.fromSize || (listed.toSize !== null && size > listed.toSize));
  }

  private async checkWitnesses(report: Report, checkpoint: Checkpoint, what: string, policy: Policy): Promise<void> {
    if (policy.quorum === 'none') return report.ok('witnesses', 'the policy asks for none');
    await report.run('witnesses', () => {
      const cosigned = verifiedSignatures(checkpoint.note, policy.witnesses, what);
      const witnesses = new Set(cosigned.map(({ key }) => key));
      if (!policy.isQuorum([...witnesses]))
        throw distrust(`${witnesses.size} cosigned, which is not the quorum ${quoted(policy.quorum)}`);
      this.witnessed.add(checkpoint);
      const latest = new Date(Math.max(...cosigned.map(({ at }) => at)) * 1_000).toISOString();
      return done(`${witnesses.size} cosigned, which meets the quorum ${quoted(policy.quorum)}; the last at ${latest}`);
    });
  }
}

/** @throws Fault when the two are not of one log, or one size has two roots */
export function checkSameTree(one: Tree, other: Tree): void {
  if (one.origin !== other.origin)
    throw distrust(`they are of two logs, ${quoted(one.origin)} and ${quoted(other.origin)}`);
  if (one.size === other.size && !one.root.equals(other.root))
    throw tampering(`of size ${one.size} there are two trees: the log has been forked`);
}

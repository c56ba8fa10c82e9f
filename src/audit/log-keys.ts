import { Injectable } from '@nestjs/common';

import { Config } from '../platform/config/config.js';
import { loadLogSigners, type LogSigners } from '../platform/config/log-keys.js';
import type { NoteSigner } from '../platform/crypto/note-signer.js';
import { parseVerifierKey, type VerifierKey } from '../platform/crypto/verifier-key.js';
import { LogFaultError } from './log-alarms.js';
import type { IntroducedKey } from './log-keys.queries.js';

export interface Signers {
  readonly signers: readonly NoteSigner[];
  /** The one of them that the other one hands over to. */
  readonly successor?: VerifierKey;
}

/** The keys that this process may sign checkpoints with. */
@Injectable()
export class LogKeys {
  private readonly signers: LogSigners;

  constructor(config: Config) {
    this.signers = loadLogSigners(config);
  }

  /** The name of the log (C2SP tlog-checkpoint), which is that of its keys. */
  get origin(): string {
    return this.signers.current.name;
  }

  /** The key that signs once it is introduced. */
  get current(): NoteSigner {
    return this.signers.current;
  }

  /** Everything that a checkpoint of this log may have been signed with. */
  verifiers(introduced: readonly IntroducedKey[]): VerifierKey[] {
    if (introduced.length === 0) return [this.current];
    return introduced.flatMap(({ vkey }) => parseVerifierKey(vkey) ?? []);
  }

  /** What a checkpoint has to be signed with to be published now: a key that has retired is good for what it signed. */
  active(introduced: readonly IntroducedKey[]): VerifierKey {
    return this.verifiers(introduced.filter(({ retiredAt }) => retiredAt === null))[0] ?? this.current;
  }

  /**
   * Who signs the next checkpoint: the key that the log has, or both at the one by which it hands over to another one.
   * @throws LogFaultError when the key that is set is not the log's, and the log's does not introduce it
   */
  signersFor(introduced: readonly IntroducedKey[]): Signers {
    const { current, previous } = this.signers;
    const active = introduced.find(({ retiredAt }) => retiredAt === null);
    if (!active || active.vkey === current.vkey) return { signers: [current] };
    const retired = introduced.find(({ vkey }) => vkey === current.vkey);
    if (retired) {
      const what = `CCX_LOG_KEY is the key ${current.id}, which was retired at size ${retired.toSize}`;
      throw new LogFaultError('log-key-refused', `${what}: the log is signed with ${active.keyId}. Set that one.`);
    }
    if (active.vkey === previous?.vkey) return { signers: [previous, current], successor: current };
    const what = `CCX_LOG_KEY is the key ${current.id}, which nobody has introduced`;
    throw new LogFaultError(
      'log-key-refused',
      `${what}: the log is signed with ${active.keyId}. Set that one, or set it as CCX_LOG_KEY_PREVIOUS to hand over.`,
    );
  }
}

import { Injectable } from '@nestjs/common';

import { Config } from '../platform/config/config.js';
import { loadPolicy } from '../platform/config/log-policy.js';
import { isQuorum, type WitnessPolicy } from '../platform/crypto/witness-policy.js';
import { Tracing } from '../platform/tracing/tracing.js';
import { LogAlarms, LogFaultError } from './log-alarms.js';
import { type ProofFrom, WitnessClient, WitnessRefusalError } from './witness-client.js';

/** For how long those who are slower are waited for once there are enough. */
const GRACE_MS = 250;

/** Witnesses, who see to it that everybody is shown the same log. */
@Injectable()
export class Witnesses {
  readonly policy: WitnessPolicy;
  private readonly clients: readonly WitnessClient[];

  constructor(
    config: Config,
    private readonly alarms: LogAlarms,
    tracing: Tracing,
  ) {
    this.policy = loadPolicy(config);
    const patienceMs = config.LOG_WITNESS_SECONDS * 1_000;
    this.clients = this.policy.witnesses.map((witness) => new WitnessClient(witness, patienceMs, tracing));
  }

  /**
   * Has a signed checkpoint cosigned, and answers it with their lines added. All are asked at once; nobody waits for
   * those who are slow once there is a quorum.
   *
   * @throws LogFaultError `log-witnesses-missing` when there are fewer than the policy asks for
   */
  async cosign(note: string, size: number, proofFrom: ProofFrom): Promise<string> {
    if (this.clients.length === 0) return note;
    const lines = new Map<string, string>();
    const faults = new Map<string, Error>();
    const settled = this.clients.map((client) =>
      client.cosign(note, size, proofFrom).then(
        (line) => void lines.set(client.name, line),
        (error: Error) => void faults.set(client.name, error),
      ),
    );
    await Promise.race([Promise.all(settled), this.enough(lines, settled)]);
    this.tellRefusals(faults);
    if (lines.size === this.clients.length) this.alarms.clear('log-witness-refuses');
    if (!isQuorum(this.policy, new Set(lines.keys()))) {
      const detail = `The checkpoint of ${size} lacks its quorum of witnesses (${this.told(faults)}).`;
      throw new LogFaultError('log-witnesses-missing', detail);
    }
    return note + this.clients.map(({ name }) => lines.get(name) ?? '').join('');
  }

  /** Resolves a moment after there is a quorum, and never without one. */
  private enough(lines: ReadonlyMap<string, string>, settled: readonly Promise<void>[]): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (isQuorum(this.policy, new Set(lines.keys()))) setTimeout(resolve, GRACE_MS);
      };
      look();
      for (const one of settled) void one.then(look);
    });
  }

  /** A refusal is no accident: the witness was shown something that this log does not continue. */
  private tellRefusals(faults: ReadonlyMap<string, Error>): void {
    const refusals = new Map([...faults].filter(([, error]) => error instanceof WitnessRefusalError));
    if (refusals.size === 0) return;
    this.alarms.raise('log-witness-refuses', `The log was shown in another form (${this.told(refusals)}).`);
  }

  /** Always in the order of the policy: an alarm that stays the same is raised once. */
  private told(faults: ReadonlyMap<string, Error>): string {
    const reasons = this.clients.flatMap(({ name }) => {
      const fault = faults.get(name);
      return fault ? `${name}: ${reasonOf(fault)}` : [];
    });
    return reasons.join('; ');
  }
}

/** `fetch` hides what went wrong behind its own error. */
function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error && cause.message ? cause.message : message;
}

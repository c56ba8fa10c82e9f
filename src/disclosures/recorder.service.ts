import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Database, named, type Tx } from '../platform/database/database.js';
import { isRetryable, isUniqueViolation } from '../platform/database/errors.js';
import type { Statement } from '../platform/database/pipelined.js';
import { CcxError, InvalidProofError, UnavailableError } from '../platform/errors.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { Random } from '../platform/random.js';
import { batchTree } from '../audit/batch-tree.js';
import { CommitMetrics } from './commit-metrics.js';
import { type Disclosure, disclosureLeafHash } from './disclosure.js';
import {
  type DpopProof,
  insertDisclosures,
  insertProofs,
  isRecorded,
  type RecordedDisclosure,
  recordProofs,
} from './disclosures.queries.js';
import { GroupCommit } from './group-commit.js';

/** What must be durable before an answer leaves. */
interface Answer {
  readonly disclosures: readonly Disclosure[];
  readonly proof?: DpopProof;
}

const LIMITS = { batch: 500, delayMs: 10, writers: 4, capacity: 5_000 };
const NONCE_BYTES = 16;

/**
 * Makes disclosures durable before the answers leave: many answers in one commit, with one audit entry that holds the
 * root of the tree over their rows. The proofs of possession of the requests are recorded in the same commit, so that
 * one that was used before leaves without an answer.
 */
@Injectable()
export class DisclosureRecorder implements BeforeApplicationShutdown {
  private readonly logger = new Logger(DisclosureRecorder.name);
  private readonly answers = new GroupCommit(
    (answers: readonly Answer[]) => this.commits.measure(answers.length, () => this.commit(answers)),
    LIMITS,
  );
  private readonly commits: CommitMetrics;

  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly random: Random,
    metrics: Metrics,
  ) {
    this.commits = new CommitMetrics(metrics, () => this.pending);
  }

  /** Finds out what is to be answered. Answers that are recorded meanwhile wait a moment, to share a commit with it. */
  before<T>(find: () => Promise<T>): Promise<T> {
    return this.answers.before(find);
  }

  /**
   * Resolves once the disclosures of an answer, and the proof of its request, are committed.
   *
   * @throws InvalidProofError when the proof was used before; nothing of the answer was recorded then
   * @throws UnavailableError when they could not be recorded: the answer must not leave
   */
  async record(disclosures: readonly Disclosure[], proof?: DpopProof): Promise<void> {
    if (disclosures.length === 0 && !proof) return;
    const fresh = await this.answers.add({ disclosures, proof }, Math.max(disclosures.length, 1)).catch(unavailable);
    if (!fresh) throw replayed();
  }

  /**
   * Records reads that were refused, each with an audit entry of its own in its customer's name. They do not share the
   * commit of the answers: whoever asks for too much all the time slows nobody else.
   *
   * @throws InvalidProofError when the proof was used before
   * @throws UnavailableError when they could not be recorded
   */
  async recordRefused(refused: readonly Disclosure[], proof?: DpopProof): Promise<void> {
    if (refused.length === 0 && !proof) return;
    await this.database
      .transaction(async (tx) => {
        const fresh = await recordProofs(tx, proof ? [proof] : []);
        if (proof && fresh.size === 0) throw replayed();
        const rows: RecordedDisclosure[] = [];
        for (const disclosure of refused) rows.push(...(await this.logRefusal(tx, disclosure)));
        if (rows.length > 0) await runAll(tx, [insertDisclosures(rows)]);
      })
      .catch((error: unknown) => {
        if (error instanceof CcxError) throw error;
        this.logger.error('Refused reads could not be recorded.', error);
        return unavailable();
      });
  }

  /** How many disclosures wait for their commit. */
  get pending(): number {
    return this.answers.pending;
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.answers.drain();
  }

  /** Answers for each whether its proof was fresh, or it needed none. */
  private async commit(answers: readonly Answer[]): Promise<boolean[]> {
    try {
      return (await this.commitAtOnce(answers)) ?? (await this.commitStepByStep(answers));
    } catch (error) {
      this.logger.error(`${answers.length} answers could not be recorded, so that none of them leaves.`, error);
      throw error;
    }
  }

  /** Takes all proofs for fresh ones. Answers nothing where that is wrong, or the connection was lost. */
  private async commitAtOnce(answers: readonly Answer[]): Promise<boolean[] | null> {
    const proofs = answers.flatMap(({ proof }) => proof ?? []);
    const disclosures = answers.flatMap((answer) => answer.disclosures);
    try {
      await this.database.commit([
        ...(proofs.length > 0 ? [insertProofs(proofs)] : []),
        ...(disclosures.length > 0 ? this.statementsOf(disclosures) : []),
      ]);
      return answers.map(() => true);
    } catch (error) {
      if (isUniqueViolation(error, 'dpop_proofs_pk') || isRetryable(error)) return null;
      throw error;
    }
  }

  private commitStepByStep(answers: readonly Answer[]): Promise<boolean[]> {
    // The attempts before may have committed, and only the reply was lost: their proofs would look used before.
    let fresh = answers.map(() => true);
    let disclosures = answers.flatMap((answer) => answer.disclosures);
    return this.database.transaction(
      async (tx) => {
        if (disclosures[0] && (await isRecorded(tx, disclosures[0]))) return fresh;
        fresh = await this.takeProofs(tx, answers);
        disclosures = answers.filter((_, index) => fresh[index]).flatMap((answer) => answer.disclosures);
        if (disclosures.length > 0) await runAll(tx, this.statementsOf(disclosures));
        return fresh;
      },
      { repeatable: true },
    );
  }

  private async takeProofs(tx: Tx, answers: readonly Answer[]): Promise<boolean[]> {
    const unused = await recordProofs(
      tx,
      answers.flatMap(({ proof }) => proof ?? []),
    );
    // Of two requests with one proof in the same batch, the first takes it.
    return answers.map(({ proof }) => !proof || unused.delete(proof.jtiHash.toString('hex')));
  }

  private statementsOf(disclosures: readonly Disclosure[]): Statement[] {
    const { root, rowsOf } = this.treeOf(disclosures);
    const { reference, statement } = this.audit.entryOf({
      type: 'disclosures.recorded',
      at: this.clock.now(),
      actor: { kind: 'system' },
      data: { root, size: disclosures.length },
    });
    return [statement, insertDisclosures(rowsOf(reference.id))];
  }

  private async logRefusal(tx: Tx, disclosure: Disclosure): Promise<RecordedDisclosure[]> {
    const { customer, consent, retailerId, clientId, purpose, touchpoint, stage, attributes, refused } = disclosure;
    const { root, rowsOf } = this.treeOf([disclosure]);
    const { id } = await this.audit.append(tx, {
      type: 'disclosure.refused',
      at: this.clock.now(),
      actor: { kind: 'retailer', id: retailerId, client: clientId },
      customer,
      retailerId,
      consent,
      purposes: purpose ? [purpose] : [],
      attributes,
      data: { root, size: 1, reason: refused, touchpoint, stage },
    });
    return rowsOf(id);
  }

  private treeOf(disclosures: readonly Disclosure[]): { root: string; rowsOf(auditId: string): RecordedDisclosure[] } {
    const random = this.random.bytes(NONCE_BYTES * disclosures.length);
    const nonces = disclosures.map((_, index) => random.subarray(index * NONCE_BYTES, (index + 1) * NONCE_BYTES));
    const tree = batchTree(disclosures.map((disclosure, index) => disclosureLeafHash(disclosure, nonces[index]!)));
    return {
      root: tree.root.toString('base64url'),
      rowsOf: (auditId) =>
        disclosures.map((disclosure, index) => ({
          disclosure,
          auditId,
          index,
          count: tree.size,
          nonce: nonces[index]!,
          path: Buffer.concat(tree.pathOf(index)),
        })),
    };
  }
}

async function runAll(tx: Tx, statements: readonly Statement[]): Promise<void> {
  for (const { name, text, values } of statements) await named(tx, name, text, values);
}

function replayed(): InvalidProofError {
  return new InvalidProofError('This DPoP proof has been used before.');
}

function unavailable(cause?: unknown): never {
  throw cause instanceof UnavailableError
    ? cause
    : new UnavailableError('The answer could not be recorded, so that it is not given.');
}

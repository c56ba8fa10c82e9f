import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { open, seal } from '../platform/crypto/seal.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader } from '../platform/database/database.js';
import { requireIfMatch, strongEtag } from '../platform/http/etag.js';
import { lockEvent } from './deletion.queries.js';
import { InteractionNote } from './note.entity.js';
import type { NoteDto } from './notes.dto.js';
import { deleteNote, findNote, saveNote } from './notes.queries.js';
import { InteractionNotFoundError, NoteNotFoundError } from './timeline.errors.js';
import type { TimelineEvent } from './timeline.queries.js';

const noteAad = ({ customerId }: CustomerKey, interactionId: string) =>
  `interaction-note:${customerId}:${interactionId}`;

/** A note, and by what a caller says which one they know. */
export interface KeptNote {
  readonly note: NoteDto;
  readonly etag: string;
}

/** What customers note beside events: for themselves alone. It is in the log that they did, and nowhere what. */
@Injectable()
export class NotesService {
  constructor(
    private readonly database: Database,
    private readonly keys: SubjectKeys,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @throws NoteNotFoundError */
  async get(customer: CustomerKey, interactionId: string): Promise<KeptNote> {
    const { reader } = this.database;
    const note = await findNote(reader, customer, interactionId);
    if (!note) throw new NoteNotFoundError(interactionId);
    const { profileKey } = await this.keys.of(reader, customer);
    const { textSealed: sealed, updatedAt } = note;
    return { note: opened(customer, interactionId, { sealed, updatedAt }, profileKey), etag: etagOf(note) };
  }

  /**
   * Writes the note, or another one in its place, which takes naming that.
   *
   * @throws InteractionNotFoundError @throws PreconditionRequiredError @throws PreconditionFailedError
   */
  put(
    customer: CustomerKey,
    interactionId: string,
    ifMatch: string | undefined,
    text: string,
  ): Promise<KeptNote & { isNew: boolean }> {
    return this.database.transaction(async (tx) => {
      // Held, so that no note is left behind by an event that is deleted meanwhile.
      if (!(await lockEvent(tx, customer, interactionId))) throw new InteractionNotFoundError(interactionId);
      const before = await findNote(tx, customer, interactionId);
      if (before) requireIfMatch(ifMatch, etagOf(before));

      const { profileKey } = await this.keys.of(tx, customer);
      const at = this.clock.now();
      const note = Object.assign(new InteractionNote(), {
        ...customer,
        interactionId,
        textSealed: seal(profileKey, text, noteAad(customer, interactionId)),
        version: (before?.version ?? 0) + 1,
        updatedAt: at,
      });
      await saveNote(tx, note);
      await this.audit.append(tx, { type: 'interaction.noted', at, actor: { kind: 'customer' }, customer });
      return { note: { text, updated_at: at.toISOString() }, etag: etagOf(note), isNew: !before };
    });
  }

  /** @throws NoteNotFoundError */
  remove(customer: CustomerKey, interactionId: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      if (!(await deleteNote(tx, customer, interactionId))) throw new NoteNotFoundError(interactionId);
      const at = this.clock.now();
      await this.audit.append(tx, { type: 'interaction.note_removed', at, actor: { kind: 'customer' }, customer });
    });
  }

  /** The notes that came with these events, by the event's id. */
  async opened(
    reader: Reader,
    customer: CustomerKey,
    events: readonly Pick<TimelineEvent, 'id' | 'note'>[],
  ): Promise<Map<string, NoteDto>> {
    const noted = events.flatMap(({ id, note }) => (note ? [{ id, note }] : []));
    if (noted.length === 0) return new Map();
    const { profileKey } = await this.keys.of(reader, customer);
    return new Map(noted.map(({ id, note }) => [id, opened(customer, id, note, profileKey)]));
  }
}

function opened(
  customer: CustomerKey,
  interactionId: string,
  { sealed, updatedAt }: { sealed: Buffer; updatedAt: Date },
  profileKey: Buffer,
): NoteDto {
  const text = open(profileKey, sealed, noteAad(customer, interactionId)).toString('utf8');
  return { text, updated_at: updatedAt.toISOString() };
}

function etagOf({ interactionId, version, updatedAt }: InteractionNote): string {
  return strongEtag('interaction-note', interactionId, version, updatedAt);
}

/** What a checkpoint says (C2SP tlog-checkpoint): the log, how many leaves it has, and the root over them. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

/** A checkpoint as it was published: signed by the log, and cosigned where witnesses are asked for. */
export interface PublishedCheckpoint extends Checkpoint {
  readonly note: string;
  readonly signedAt: Date;
}

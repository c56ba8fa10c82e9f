import { CcxError, Problem } from '../platform/errors.js';

@Problem({
  code: 'mismatching-upload-offset',
  kind: 'conflict',
  title: 'The piece does not follow what is there',
  advice:
    'Go on from `expected-offset`, which is also in `Upload-Offset`. Where `Upload-Complete` is `?1`, everything has ' +
    'arrived: there is nothing more to send.',
})
export class MismatchingOffsetError extends CcxError {
  constructor({ expected, provided, complete }: { expected: number; provided: number; complete: boolean }) {
    super(`The upload goes on at byte ${expected}, and the piece begins at ${provided}.`, {
      extensions: { 'expected-offset': expected, 'provided-offset': provided },
      headers: { 'upload-offset': String(expected), 'upload-complete': complete ? '?1' : '?0' },
    });
  }
}

@Problem({
  code: 'inconsistent-upload-length',
  kind: 'invalid',
  title: 'The file is not as long as was said',
  advice:
    'Send exactly `size` bytes, the last of them with `Upload-Complete: ?1`; or make a new job with the right size.',
})
export class InconsistentLengthError extends CcxError {
  constructor(size: number, reached: number) {
    super(`The file has ${size} bytes, and with this piece there would be ${reached}.`);
  }
}

@Problem({
  code: 'content-digest-mismatch',
  kind: 'invalid',
  title: 'The piece has been changed on its way',
  advice: 'Send the piece again; nothing of it was kept. `Content-Digest` is the SHA-256 of the piece (RFC 9530).',
  retryable: true,
})
export class ContentDigestMismatchError extends CcxError {
  constructor() {
    super('The piece does not have the SHA-256 that Content-Digest names.');
  }
}

@Problem({
  code: 'checksum-mismatch',
  kind: 'unprocessable',
  title: 'The file is not the one that was announced',
  advice:
    'Nothing of it was read, and the job has failed. Make a new job with the SHA-256 of the whole file, and send it.',
})
export class ChecksumMismatchError extends CcxError {
  constructor() {
    super('The whole file does not have the SHA-256 that `checksum` named.');
  }
}

@Problem({
  code: 'too-many-lines',
  kind: 'unprocessable',
  title: 'The file has too many lines',
  advice: 'Nothing of it was read, and the job has failed. Split the file, and make a job for each part.',
})
export class TooManyLinesError extends CcxError {
  constructor(limit: number) {
    super(`The file has more than ${limit} lines.`);
  }
}

@Problem({
  code: 'upload-over',
  kind: 'conflict',
  title: 'The upload is over',
  advice: 'Look at the job: it was cancelled or has failed. Make a new one to send the file again.',
})
export class UploadOverError extends CcxError {
  constructor() {
    super('This job takes nothing any more.');
  }
}

@Problem({
  code: 'upload-expired',
  kind: 'gone',
  title: 'The upload took too long',
  advice: 'What had arrived is deleted. Make a new job, and send the whole file within a day.',
})
export class UploadExpiredError extends CcxError {
  constructor() {
    super('The file was not complete within a day.');
  }
}

@Problem({
  code: 'too-many-jobs',
  kind: 'conflict',
  title: 'Too many jobs at a time',
  advice: 'Wait until one of your jobs is over, or cancel one.',
  retryable: true,
})
export class TooManyJobsError extends CcxError {
  constructor(limit: number) {
    super(`A client has at most ${limit} jobs that are not over.`);
  }
}

import { CcxError, Problem } from '../platform/errors.js';

@Problem({
  code: 'content-unreadable',
  kind: 'unprocessable',
  title: 'The file cannot be read',
  advice:
    'Correct the file at the line that is named and send it again as a new job. What was taken from the lines before ' +
    'stays taken; the same event sent again is known as such.',
})
export class ContentUnreadableError extends CcxError {
  constructor(line: number, detail: string) {
    super(`Line ${line} ${detail}.`, { extensions: { line } });
  }
}

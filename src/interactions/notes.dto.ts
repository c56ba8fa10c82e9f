import { ApiProperty } from '@nestjs/swagger';
import { buildMessage, ValidateBy } from 'class-validator';

const LONGEST_NOTE = 1_000;

/** Something visible, on as many lines as it takes: line feeds and tabs are the only controls. */
function isNote(value: unknown): value is string {
  if (typeof value !== 'string' || [...value].length > LONGEST_NOTE) return false;
  return /\S/.test(value) && !/[^\P{Cc}\n\t]/u.test(value);
}

export class NoteTextDto {
  @ApiProperty({ description: 'In your own words.', maxLength: LONGEST_NOTE, example: 'A present for Jo.' })
  @ValidateBy({
    name: 'isNote',
    validator: {
      validate: isNote,
      defaultMessage: buildMessage(() => `$property must be text of 1 to ${LONGEST_NOTE} characters`),
    },
  })
  text!: string;
}

/** What a customer noted beside an event. */
export class NoteDto {
  @ApiProperty({ example: 'A present for Jo.' })
  text!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T08:15:00.000Z' })
  updated_at!: string;
}

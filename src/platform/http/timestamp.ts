import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { buildMessage, IsDate, ValidateBy } from 'class-validator';

const MESSAGE = '$property must be a time as RFC 3339 writes it, such as 2026-11-01T09:30:00Z';
const RFC_3339 = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/**
 * A time as RFC 3339 writes it, on a day that exists. Leap seconds are refused: neither JavaScript nor PostgreSQL can
 * place them.
 */
export function IsTimestamp(): PropertyDecorator {
  return ValidateBy({
    name: 'isTimestamp',
    validator: {
      validate: isTimestamp,
      defaultMessage: buildMessage(() => MESSAGE),
    },
  });
}

/** The same, handed on as a `Date`. `new Date()` alone takes many other texts, and years that PostgreSQL cannot hold. */
export function IsInstant(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (isTimestamp(value) ? new Date(value) : value)),
    IsDate({ message: MESSAGE }),
  );
}

export function isTimestamp(value: unknown): value is string {
  const day = typeof value === 'string' ? RFC_3339.exec(value)?.[1] : undefined;
  if (!day || Number.isNaN(Date.parse(value as string))) return false;
  // JavaScript takes 30 February for 2 March. Every month has 28 days.
  return Number(day.slice(-2)) <= 28 || new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

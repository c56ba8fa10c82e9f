import { ValidateIf } from 'class-validator';

/** A member that may be left out but not be null: `@IsOptional` would let null through to code that expects a value. */
export const Omittable = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

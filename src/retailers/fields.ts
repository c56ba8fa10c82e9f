import { applyDecorators } from '@nestjs/common';
import { ArrayMinSize, ArrayUnique, IsArray, IsIn, IsString, Matches, MaxLength } from 'class-validator';

/** Takes a list of one or more of these codes, each once. */
export const SomeOf = (codes: readonly string[]): PropertyDecorator =>
  applyDecorators(IsArray(), ArrayMinSize(1), ArrayUnique(), IsIn(codes, { each: true }));

/** Takes text that people read on one line: something visible, and nothing that controls a terminal or a page. */
export const OneLine = (longest: number): PropertyDecorator =>
  applyDecorators(
    IsString(),
    MaxLength(longest),
    Matches(/^(?=.*\S)\P{Cc}*$/u, { message: '$property must be one line of text' }),
  );

import { setTimeout as delay } from 'node:timers/promises';

import { Body, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiExcludeEndpoint, ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';

import { Access } from '../../src/platform/http/access.js';
import { Operation } from '../../src/platform/http/operation.js';
import { decodeCursor, PageQuery, pageSize } from '../../src/platform/http/paging.js';
import { RateLimit } from '../../src/platform/http/rate-limit.js';
import { BodyLimit, Consumes } from '../../src/platform/http/route.js';
import { UuidParam } from '../../src/platform/http/validation.js';

class LineDto {
  @ApiProperty()
  @IsString()
  @MaxLength(10)
  readonly name!: string;
}

class EchoDto {
  @ApiProperty()
  @IsInt()
  readonly count!: number;

  @ApiPropertyOptional({ type: [LineDto] })
  @IsArray()
  @ArrayMaxSize(3)
  @ValidateNested({ each: true })
  @Type(() => LineDto)
  @IsOptional()
  readonly lines?: LineDto[];
}

class ColourQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ['red', 'green'] })
  @IsIn(['red', 'green'])
  @IsOptional()
  readonly colour?: string;
}

const anything = { schema: { type: 'object', additionalProperties: true }, example: {} };

/** Routes that do nothing but show what happens around a route. */
@Controller('probe')
class ProbeController {
  @Post('echo')
  @Access('public')
  @Operation({
    id: 'probeEcho',
    tag: 'Probe',
    summary: 'Echoes',
    ok: { status: 200, description: 'It.', ...anything },
    errors: [],
  })
  echo(@Body() body: EchoDto): EchoDto {
    return body;
  }

  @Post('small')
  @Access('public')
  @BodyLimit(16)
  @ApiBody({ type: EchoDto })
  @Operation({
    id: 'probeSmall',
    tag: 'Probe',
    summary: 'Takes little',
    ok: { status: 200, description: 'It.', ...anything },
    errors: [],
  })
  small(@Body() body: unknown): unknown {
    return body;
  }

  @Post('event')
  @Access('public')
  @Operation({
    id: 'probeEvent',
    tag: 'Probe',
    summary: 'Takes an event',
    body: { content: { 'application/cloudevents+json': { schema: { type: 'object' } } } },
    ok: { status: 200, description: 'It.', ...anything },
    errors: [],
  })
  event(@Body() body: unknown): unknown {
    return body;
  }

  @Post('form')
  @Access('public')
  @Consumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: { type: 'object' } })
  @Operation({
    id: 'probeForm',
    tag: 'Probe',
    summary: 'Takes a form',
    ok: { status: 200, description: 'It.', ...anything },
    errors: [],
  })
  form(@Body() body: unknown): unknown {
    return body;
  }

  @Get('list')
  @Access('public')
  @Operation({
    id: 'probeList',
    tag: 'Probe',
    summary: 'Lists',
    ok: { status: 200, description: 'It.', ...anything },
    errors: [],
  })
  list(@Query() query: ColourQuery): unknown {
    return { size: pageSize(query), after: decodeCursor(query.cursor, ['time', 'uuid']) ?? null };
  }

  @Get('things/:id')
  @Access('public')
  @Operation({
    id: 'probeThing',
    tag: 'Probe',
    summary: 'A thing',
    ok: { status: 200, description: 'It.', ...anything },
    errors: [],
  })
  thing(@UuidParam('id') id: string): unknown {
    return { id };
  }

  @Get('slow/:milliseconds')
  @Access('public')
  @Operation({
    id: 'probeSlow',
    tag: 'Probe',
    summary: 'Waits',
    ok: { status: 200, description: 'It.', ...anything },
    errors: [],
  })
  async slow(@Param('milliseconds') milliseconds: string): Promise<unknown> {
    await delay(Number(milliseconds));
    return { waited: true };
  }

  @Get('limited')
  @Access('public')
  @RateLimit('probe', { points: 2, seconds: 60, by: 'ip' })
  @Operation({
    id: 'probeLimited',
    tag: 'Probe',
    summary: 'Is limited',
    ok: { status: 200, description: 'It.', ...anything },
    errors: [],
  })
  limited(): unknown {
    return {};
  }

  @Get('broken')
  @ApiExcludeEndpoint()
  @Access('public')
  broken(): never {
    throw new Error('the secret is hunter2');
  }

  @Get('undeclared')
  @ApiExcludeEndpoint()
  undeclared(): unknown {
    return {};
  }
}

@Module({ controllers: [ProbeController] })
export class ProbeModule {}

import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiParam, ApiProperty } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

import { Config } from '../config/config.js';
import { NotFoundError, type ProblemDefinition, publishedProblems } from '../errors.js';
import { Access } from './access.js';
import { Operation } from './operation.js';
import { problemType, statusOf } from './problem.js';
import { problemPage, problemsPage } from './problems.page.js';

export class ProblemDefinitionDto {
  @ApiProperty({ description: 'What `type` of such a problem is.', format: 'uri' })
  readonly type!: string;

  @ApiProperty({ description: 'The last part of `type`. It never changes.' })
  readonly code!: string;

  @ApiProperty()
  readonly title!: string;

  @ApiProperty({ type: 'integer' })
  readonly status!: number;

  @ApiProperty({ description: 'What the caller can do about it.' })
  readonly advice!: string;

  @ApiProperty({ description: 'Whether the same request may succeed later without being changed.' })
  readonly retryable!: boolean;

  static of(issuer: string, { code, kind, title, advice, retryable }: ProblemDefinition): ProblemDefinitionDto {
    return { type: problemType(issuer, code), code, title, status: statusOf[kind], advice, retryable };
  }
}

export class ProblemListDto {
  @ApiProperty({ type: [ProblemDefinitionDto] })
  readonly items!: ProblemDefinitionDto[];
}

const example: ProblemDefinitionDto = {
  type: 'https://ccx.example/problems/not-found',
  code: 'not-found',
  title: 'No such resource',
  status: 404,
  advice: 'Check the address. A record of somebody else is answered like one that does not exist.',
  retryable: false,
};

const page = { description: 'The same as a page, for `Accept: text/html`.', contentType: 'text/html' };

/** Where the `type` of a problem leads: what it means and what to do, for people and for programs. */
@Controller('problems')
export class ProblemsController {
  private readonly problems: readonly ProblemDefinitionDto[];

  constructor({ issuer }: Config) {
    this.problems = publishedProblems().map((problem) => ProblemDefinitionDto.of(issuer, problem));
  }

  @Get()
  @Access('public')
  @Operation({
    id: 'listProblems',
    tag: 'Service',
    summary: 'Every problem that the service may answer',
    ok: { status: 200, description: 'All problems, by code.', type: ProblemListDto, example: { items: [example] } },
    more: [{ status: 200, ...page, schema: { type: 'string' } }],
    errors: [],
  })
  list(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): ProblemListDto | string {
    return this.represent(request, reply, { items: [...this.problems] }, () => problemsPage(this.problems));
  }

  @Get(':code')
  @Access('public')
  @ApiParam({ name: 'code', description: 'The last part of the problem’s `type`.', example: 'not-found' })
  @Operation({
    id: 'getProblem',
    tag: 'Service',
    summary: 'What a problem means and what to do about it',
    ok: { status: 200, description: 'The problem.', type: ProblemDefinitionDto, example },
    more: [{ status: 200, ...page, schema: { type: 'string' } }],
    errors: [NotFoundError],
  })
  get(
    @Param('code') code: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): ProblemDefinitionDto | string {
    const problem = this.problems.find((known) => known.code === code);
    if (!problem) throw new NotFoundError(`There is no problem ${JSON.stringify(code)}.`);
    return this.represent(request, reply, problem, () => problemPage(problem));
  }

  private represent<T>(request: FastifyRequest, reply: FastifyReply, value: T, asPage: () => string): T | string {
    void reply.headers({ 'cache-control': 'public, max-age=3600', vary: 'Accept' });
    const wanted = new Negotiator(request.raw).mediaType(['application/json', 'text/html']);
    if (wanted !== 'text/html') return value;
    void reply.type('text/html; charset=utf-8');
    return asPage();
  }
}

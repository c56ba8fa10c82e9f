import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Access } from '../platform/http/access.js';
import { notModified, strongEtag } from '../platform/http/etag.js';
import { type AnswerLanguage, answerLanguage } from '../platform/http/language.js';
import { Operation } from '../platform/http/operation.js';
import { VocabulariesDto, VocabularyDto, VocabularyQuery } from './vocabulary.dto.js';
import { inLanguage } from './localised.js';
import type { Release } from './release.js';
import { VocabularyReleaseNotFoundError } from './vocabulary.errors.js';
import { releaseExample, vocabulariesExample } from './vocabulary.examples.js';
import { VocabularyService } from './vocabulary.service.js';

const CURRENT = 'public, max-age=300';
const RELEASED = 'public, max-age=31536000, immutable';

const headers = {
  ETag: { description: 'Send it as If-None-Match to learn whether anything has changed.' },
  'Cache-Control': { description: 'May be kept by anyone.', example: CURRENT },
};
const localised = {
  ...headers,
  'Content-Language': { description: 'The language of `label` and `explanation`, where there are any.', example: 'de' },
};
const notChanged = { status: 304, description: 'The caller has it already.', headers };
const tag = 'Vocabulary';

@Controller('v1/vocabularies')
export class VocabularyController {
  private readonly serialised = new Map<string, { etag: string; json: string }>();

  constructor(private readonly vocabularies: VocabularyService) {}

  @Get()
  @Access('public')
  @Operation({
    id: 'listVocabularies',
    tag,
    summary: 'The vocabularies and their releases',
    ok: { status: 200, description: 'The vocabularies.', type: VocabulariesDto, headers, example: vocabulariesExample },
    more: [notChanged],
    errors: [],
  })
  list(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): VocabulariesDto | undefined {
    const releases = this.vocabularies.all();
    void reply.header('cache-control', CURRENT);
    if (notModified(request, reply, strongEtag(...releases.map(({ version }) => version)))) return undefined;
    return VocabulariesDto.of(releases);
  }

  @Get('ccx-core')
  @Access('public')
  @Operation({
    id: 'getVocabulary',
    tag,
    summary: 'The current release of ccx-core',
    description:
      'Every attribute that a preference can be about, with the JSON Schema of its value, and every code list. ' +
      '`labels` come in all languages of the vocabulary, whatever the caller asks for; `label` in one, when one is asked for.',
    ok: { status: 200, description: 'The release.', type: VocabularyDto, headers: localised, example: releaseExample },
    more: [notChanged],
    errors: [],
  })
  current(
    @Query() query: VocabularyQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string | undefined {
    return this.answer(this.vocabularies.current().release, CURRENT, query, request, reply);
  }

  @Get('ccx-core/:version')
  @Access('public')
  @Operation({
    id: 'getVocabularyRelease',
    tag,
    summary: 'One release of ccx-core',
    description: 'A release never changes and may be kept for ever.',
    ok: { status: 200, description: 'The release.', type: VocabularyDto, headers: localised, example: releaseExample },
    more: [notChanged],
    errors: [VocabularyReleaseNotFoundError],
  })
  release(
    @Param('version') version: string,
    @Query() query: VocabularyQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string | undefined {
    return this.answer(this.vocabularies.release(version).release, RELEASED, query, request, reply);
  }

  private answer(
    release: Release,
    caching: string,
    { language: asked }: VocabularyQuery,
    request: FastifyRequest,
    reply: FastifyReply,
  ): string | undefined {
    const accepts = request.headers['accept-language'] !== undefined;
    const language = asked ?? (accepts ? answerLanguage(request, reply) : undefined);
    const { etag, json } = this.serialise(release, language);
    void reply.headers({ 'cache-control': caching, vary: 'accept-language' });
    if (language) void reply.header('content-language', language);
    if (notModified(request, reply, etag)) return undefined;
    void reply.type('application/json');
    return json;
  }

  // A release is some 60 KB and the same for everyone: written once for each language.
  private serialise(release: Release, language: AnswerLanguage | undefined): { etag: string; json: string } {
    const name = `${release.version} ${language ?? ''}`;
    let done = this.serialised.get(name);
    if (!done) {
      const json = JSON.stringify(language ? inLanguage(release, language) : release);
      this.serialised.set(name, (done = { json, etag: strongEtag(json) }));
    }
    return done;
  }
}

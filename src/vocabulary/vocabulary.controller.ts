import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Access } from '../platform/http/access.js';
import { notModified, strongEtag } from '../platform/http/etag.js';
import { Operation } from '../platform/http/operation.js';
import { VocabulariesDto, VocabularyDto } from './vocabulary.dto.js';
import { VocabularyReleaseNotFoundError } from './vocabulary.errors.js';
import { releaseExample, vocabulariesExample } from './vocabulary.examples.js';
import { VocabularyService } from './vocabulary.service.js';
import type { Vocabulary } from './vocabulary.js';

const CURRENT = 'public, max-age=300';
const RELEASED = 'public, max-age=31536000, immutable';

const headers = {
  ETag: { description: 'Send it as If-None-Match to learn whether anything has changed.' },
  'Cache-Control': { description: 'May be kept by anyone.', example: CURRENT },
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
      'Labels come in all languages of the vocabulary, whatever the caller asks for, so that one copy serves everyone.',
    ok: { status: 200, description: 'The release.', type: VocabularyDto, headers, example: releaseExample },
    more: [notChanged],
    errors: [],
  })
  current(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string | undefined {
    return this.answer(this.vocabularies.current(), CURRENT, request, reply);
  }

  @Get('ccx-core/:version')
  @Access('public')
  @Operation({
    id: 'getVocabularyRelease',
    tag,
    summary: 'One release of ccx-core',
    description: 'A release never changes and may be kept for ever.',
    ok: { status: 200, description: 'The release.', type: VocabularyDto, headers, example: releaseExample },
    more: [notChanged],
    errors: [VocabularyReleaseNotFoundError],
  })
  release(
    @Param('version') version: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string | undefined {
    return this.answer(this.vocabularies.release(version), RELEASED, request, reply);
  }

  private answer(vocabulary: Vocabulary, caching: string, request: FastifyRequest, reply: FastifyReply) {
    const { etag, json } = this.serialise(vocabulary);
    void reply.header('cache-control', caching);
    if (notModified(request, reply, etag)) return undefined;
    void reply.type('application/json');
    return json;
  }

  // A release is some 60 KB and the same for everyone: written once.
  private serialise({ version, release }: Vocabulary): { etag: string; json: string } {
    let done = this.serialised.get(version);
    if (!done) {
      const json = JSON.stringify(release);
      this.serialised.set(version, (done = { json, etag: strongEtag(json) }));
    }
    return done;
  }
}

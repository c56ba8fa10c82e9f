import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';

import { Access, actorOf, CurrentStaff, type StaffPrincipal } from '../platform/http/access.js';
import { IdempotentCreate } from '../platform/http/idempotent-create.js';
import { Operation } from '../platform/http/operation.js';
import {
  decodeCursor,
  InvalidCursorError,
  type Page,
  PageDto,
  pageOf,
  PageQuery,
  pageSize,
} from '../platform/http/paging.js';
import { formOf } from '../vocabulary/form.js';
import { type ReleaseChange, releaseChangeSchema } from '../vocabulary/release-change.js';
import { VocabularyReleaseNotFoundError } from '../vocabulary/vocabulary.errors.js';
import { checkedDraft, draftExample, publishedExample, releasesExample } from './releases.examples.js';
import { PublicationDto, ReleaseStateDto, ReleaseSummaryDto } from './releases.dto.js';
import {
  VocabularyBreaksValuesError,
  VocabularyDraftOutdatedError,
  VocabularyDraftUncheckedError,
  VocabularyReleasePublishedError,
  VocabularyVersionTakenError,
} from './releases.errors.js';
import { ReleasesService } from './releases.service.js';

const tag = 'Vocabulary (operator)';
const changeOf = formOf<ReleaseChange>(releaseChangeSchema);

/** Operators make releases of ccx-core. */
@Controller('v1/admin/vocabularies')
export class ReleasesController {
  constructor(private readonly releases: ReleasesService) {}

  @Get()
  @Access('operator')
  @Operation({
    id: 'listVocabularyReleases',
    tag,
    summary: 'Lists the drafts and releases that operators have made, the latest first.',
    description: 'Releases that came with the software are at `/v1/vocabularies`, along with those in force.',
    ok: { status: 200, type: PageDto(ReleaseSummaryDto), description: 'One page of them.', example: releasesExample },
    errors: [InvalidCursorError],
  })
  async list(@Query() query: PageQuery): Promise<Page<ReleaseSummaryDto>> {
    const limit = pageSize(query);
    const cursor = decodeCursor(query.cursor, ['time', 'text']);
    const before = cursor && { createdAt: cursor[0], version: cursor[1] };
    const rows = await this.releases.list({ before, limit: limit + 1 });
    const page = pageOf(rows, limit, ({ createdAt, version }) => [createdAt, version]);
    return { ...page, items: page.items.map((release) => ReleaseSummaryDto.of(release)) };
  }

  @Post()
  @Access('operator')
  @IdempotentCreate()
  @Operation({
    id: 'draftVocabularyRelease',
    tag,
    summary: 'Drafts a release of ccx-core, by what it changes of the newest.',
    description:
      'Name an attribute or a code list that changes as a whole, as `/v1/vocabularies/ccx-core` answers it. ' +
      'Labels raise the patch. New attributes, looser schemas, more codes and deprecations raise the minor. Whatever ' +
      'could make a stored value invalid raises the major, and is checked against what is stored at once; `upcasts` ' +
      'say what becomes of it. A renamed attribute takes statements and consents along; a sensitivity never changes, ' +
      'touchpoints are never added, and no name is used twice: these take an attribute of their own.',
    body: { content: { 'application/json': { schema: releaseChangeSchema, example: draftExample } } },
    ok: { status: 201, type: ReleaseStateDto, description: 'The draft.', example: checkedDraft },
    errors: [VocabularyVersionTakenError],
  })
  async draft(@CurrentStaff() staff: StaffPrincipal, @Body() body: unknown): Promise<ReleaseStateDto> {
    return ReleaseStateDto.ofState(await this.releases.draft(actorOf(staff), changeOf(body)));
  }

  @Get(':version')
  @Access('operator')
  @Operation({
    id: 'getVocabularyDraft',
    tag,
    summary: 'Answers a draft or a release that operators have made, and how its check stands.',
    ok: { status: 200, type: ReleaseStateDto, description: 'The release.', example: checkedDraft },
    errors: [VocabularyReleaseNotFoundError],
  })
  async get(@Param('version') version: string): Promise<ReleaseStateDto> {
    return ReleaseStateDto.ofState(await this.releases.get(version));
  }

  @Delete(':version')
  @Access('operator')
  @Operation({
    id: 'discardVocabularyDraft',
    tag,
    summary: 'Throws a draft away.',
    ok: { status: 204, description: 'It is gone.' },
    errors: [VocabularyReleaseNotFoundError, VocabularyReleasePublishedError],
  })
  async discard(@CurrentStaff() staff: StaffPrincipal, @Param('version') version: string): Promise<void> {
    await this.releases.discard(actorOf(staff), version);
  }

  @Post(':version/check')
  @Access('operator')
  @IdempotentCreate()
  @Operation({
    id: 'checkVocabularyDraft',
    tag,
    summary: 'Looks through all that is stored for what the draft would make invalid.',
    description:
      'Drafting a major has done so once. `check` says how far it has come; its `result` lists what it found.',
    ok: { status: 202, type: ReleaseStateDto, description: 'The check has been queued.', example: checkedDraft },
    errors: [VocabularyReleaseNotFoundError, VocabularyReleasePublishedError],
  })
  async check(@Param('version') version: string): Promise<ReleaseStateDto> {
    return ReleaseStateDto.ofState(await this.releases.check(version));
  }

  @Post(':version/publish')
  @Access('operator')
  @Operation({
    id: 'publishVocabularyRelease',
    tag,
    summary: 'Publishes a draft, to come into force at a time ahead.',
    description:
      'A major needs a check that has succeeded and found nothing that would become invalid; what was recorded since ' +
      'is looked at again. Until it comes into force, nothing is recorded that it would refuse. Stored values are ' +
      'not rewritten: they are understood under the release whenever they are read. A release is never taken back.',
    ok: { status: 200, type: ReleaseStateDto, description: 'The release.', example: publishedExample },
    errors: [
      VocabularyReleaseNotFoundError,
      VocabularyReleasePublishedError,
      VocabularyDraftOutdatedError,
      VocabularyDraftUncheckedError,
      VocabularyBreaksValuesError,
    ],
  })
  async publish(
    @CurrentStaff() staff: StaffPrincipal,
    @Param('version') version: string,
    @Body() { in_force_at }: PublicationDto,
  ): Promise<ReleaseStateDto> {
    return ReleaseStateDto.ofState(await this.releases.publish(actorOf(staff), version, in_force_at));
  }
}

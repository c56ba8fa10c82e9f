import { Body, Controller, Delete, Get, Headers, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { PreconditionFailedError, PreconditionRequiredError } from '../platform/errors.js';
import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { notModified } from '../platform/http/etag.js';
import { Operation } from '../platform/http/operation.js';
import { UuidParam } from '../platform/http/validation.js';
import { NoteDto, NoteTextDto } from './notes.dto.js';
import { NotesService } from './notes.service.js';
import { InteractionNotFoundError, NoteNotFoundError } from './timeline.errors.js';
import { noteExample } from './timeline.examples.js';

const tag = 'Interactions (customer)';
const etag = { ETag: { description: 'Send it as `If-Match` to write another note in the place of this one.' } };

/** For customers: what they note beside an interaction, for nobody but themselves. */
@Controller('v1/me/interactions/:id/note')
export class NotesController {
  constructor(private readonly notes: NotesService) {}

  @Get()
  @Access('customer', 'interactions.read')
  @Operation({
    id: 'getInteractionNote',
    tag,
    summary: 'Read my note beside an interaction',
    ok: { status: 200, type: NoteDto, description: 'The note.', example: noteExample, headers: etag },
    more: [{ status: 304, description: 'The note is as the caller knows it.' }],
    errors: [NoteNotFoundError],
  })
  async getNote(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NoteDto | undefined> {
    const kept = await this.notes.get(customer, id);
    return notModified(request, reply, kept.etag) ? undefined : kept.note;
  }

  @Put()
  @Access('customer', 'interactions.write')
  @Operation({
    id: 'putInteractionNote',
    tag,
    summary: 'Note something beside an interaction',
    description:
      'Kept sealed under your own key. No retailer sees it, and nothing is concluded from it. It goes when the ' +
      'interaction goes. To write another one in the place of a note, name that by `If-Match`.',
    ok: {
      status: 200,
      type: NoteDto,
      description: 'The note took the place of the one before.',
      example: noteExample,
      headers: etag,
    },
    more: [{ status: 201, type: NoteDto, description: 'The note is kept.', example: noteExample, headers: etag }],
    errors: [InteractionNotFoundError, PreconditionRequiredError, PreconditionFailedError],
  })
  async putNote(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() { text }: NoteTextDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NoteDto> {
    const { note, etag: tagOfNote, isNew } = await this.notes.put(customer, id, ifMatch, text);
    void reply.header('etag', tagOfNote).status(isNew ? 201 : 200);
    return note;
  }

  @Delete()
  @Access('customer', 'interactions.write')
  @Operation({
    id: 'deleteInteractionNote',
    tag,
    summary: 'Remove my note beside an interaction',
    ok: { status: 204, description: 'It is gone.' },
    errors: [NoteNotFoundError],
  })
  deleteNote(@CurrentCustomer() { customer }: CustomerPrincipal, @UuidParam('id') id: string): Promise<void> {
    return this.notes.remove(customer, id);
  }
}

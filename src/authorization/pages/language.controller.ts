import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Config } from '../../platform/config/config.js';
import { Access } from '../../platform/http/access.js';
import { localAddress } from './local-address.js';
import { asLanguage, LANGUAGE_COOKIE } from './language.js';
import { cookie } from './session-cookie.js';

const A_YEAR_SECONDS = 31_536_000;

/** The switch of language on every page. */
@ApiExcludeController()
@Controller('language')
export class LanguageController {
  constructor(private readonly config: Config) {}

  @Get(':language')
  @Access('public')
  choose(@Param('language') wanted: string, @Query('back') back: unknown, @Res() reply: FastifyReply): void {
    const language = asLanguage(wanted);
    const { issuer } = this.config;
    if (language) {
      const settings = { secure: issuer.startsWith('https:'), maxAgeSeconds: A_YEAR_SECONDS };
      void reply.header('set-cookie', cookie(LANGUAGE_COOKIE, language, settings));
    }
    void reply.redirect(localAddress(back, issuer) ?? '/', 303);
  }
}

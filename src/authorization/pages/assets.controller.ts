import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

import { Access } from '../../platform/http/access.js';
import { stylesheet } from './stylesheet.js';

/** What the pages are dressed in. */
@ApiExcludeController()
@Controller('assets')
export class AssetsController {
  @Get('ccx.css')
  @Access('public')
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', 'public, max-age=31536000, immutable')
  css(): string {
    return stylesheet;
  }
}

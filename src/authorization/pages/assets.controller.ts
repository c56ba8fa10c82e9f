import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

import { Access } from '../../platform/http/access.js';
import { passkeyScript } from './passkey-script.js';
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

  @Get('passkey.js')
  @Access('public')
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('cache-control', 'public, max-age=31536000, immutable')
  passkeys(): string {
    return passkeyScript;
  }
}

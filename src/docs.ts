import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import swaggerUiFolder from 'swagger-ui-dist/absolute-path.js';
import swaggerUi from 'swagger-ui-express';

import { buildDocument } from './openapi/document.js';
import type { Config } from './platform/config/config.js';

const ROOT = '/docs';

// The page runs its own scripts and styles and talks to this service only. Swagger UI styles elements by attribute.
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the API's description at `/openapi.json` and a page to try it out at `/docs`. */
export function serveDocs(app: NestFastifyApplication, config: Config): void {
  const fastify = app.getHttpAdapter().getInstance();
  // Describing takes a moment that a start need not wait for.
  let description: string | undefined;

  fastify.get('/openapi.json', async (_request, reply) => {
    description ??= JSON.stringify(buildDocument(app));
    return reply.headers({ 'content-type': 'application/json', 'cache-control': 'no-cache' }).send(description);
  });
  fastify.get(ROOT, async (_request, reply) => reply.redirect(`${ROOT}/`, 308));
  fastify.get(`${ROOT}/`, async (_request, reply) =>
    reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PAGE_POLICY }).send(page),
  );
  fastify.get(`${ROOT}/swagger-ui-init.js`, async (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(initScript(config)),
  );
  void fastify.register(fastifyStatic, {
    root: swaggerUiFolder(),
    prefix: `${ROOT}/`,
    index: false,
    allowedPath: (path) => /^\/(swagger-ui|favicon|oauth2-redirect)[\w.-]*\.(js|css|png|html)$/.test(path),
    setHeaders: (reply) => {
      void reply.header('content-security-policy', PAGE_POLICY);
    },
    cacheControl: true,
    maxAge: '1h',
  });
}

const page = swaggerUi.generateHTML(undefined, { customSiteTitle: 'CCX API' });

const here = { purposes: ['dpv:ServicePersonalisation'], touchpoints: ['till', 'web'] };
const askedByDocs = [
  { type: 'ccx_preferences', attributes: ['size.footwear', 'contact', 'receipt.delivery'], ...here },
  { type: 'ccx_interactions', event_types: ['transaction.completed', 'return.completed'], ...here },
];

/** What starts the page. The OAuth client exists on development services only, so that only these offer its flow. */
function initScript({ OAUTH_PROFILE, issuer }: Config): string {
  const options = {
    url: '/openapi.json',
    dom_id: '#swagger-ui',
    deepLinking: true,
    tagsSorter: 'alpha',
    oauth2RedirectUrl: `${issuer}${ROOT}/oauth2-redirect.html`,
  };
  const oauth = {
    clientId: 'ccx-docs',
    appName: 'CCX API',
    usePkceWithAuthorizationCodeGrant: true,
    // Every request to a customer says what it asks for.
    additionalQueryStringParams: { authorization_details: JSON.stringify(askedByDocs) },
  };
  return [
    `const ui = SwaggerUIBundle({ ...${JSON.stringify(options)}, presets: [SwaggerUIBundle.presets.apis] });`,
    ...(OAUTH_PROFILE === 'development' ? [`ui.initOAuth(${JSON.stringify(oauth)});`] : []),
    '',
  ].join('\n');
}

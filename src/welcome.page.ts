import { pageOf } from './authorization/pages/layout.js';
import { ada } from './cli/seed/people.js';
import type { Config } from './platform/config/config.js';
import { type Html, html } from './platform/http/html.js';

/** What stands at `/`. */
export function welcomePage(config: Pick<Config, 'issuer' | 'SEED'>): string {
  return pageOf({
    language: 'en',
    title: 'Welcome',
    body: html`<section class="card">
        <h1>You say once how you like to be treated</h1>
        <p class="lead">
          CCX is an independent broker of customers’ preferences. A customer states them here, lets the retailers of
          their choice read them for a purpose and for a time, sees who read what, and takes them along. Retailers use
          standard OAuth; auditors read a log of every consent and every read.
        </p>
        <p><a class="button" href="/account">Open your account</a></p>
        <ul class="facts">
          ${places.map(([href, name, what]) => html`<li><a href="${href}">${name}</a>: ${what}</li> `)}
        </ul>
      </section>
      ${config.SEED && tour(config.issuer)}`,
  });
}

const places = [
  ['/docs', 'Try the API', 'every operation, with examples, in the browser'],
  ['/openapi.json', 'The API description', 'OpenAPI 3.1, for programs that write clients'],
  ['/v1/vocabularies/ccx-core', 'The vocabulary', 'what preferences can be about'],
  ['/v1/retailers', 'The retailers', 'who takes part'],
  ['/problems', 'The problems', 'what can go wrong, and what to do about it'],
  ['/.well-known/oauth-authorization-server', 'The OAuth metadata', 'where a retailer’s client begins'],
] as const;

/** The story, step by step, for whoever has just started a service of their own. */
function tour(issuer: string): Html {
  const asAda = `-H "authorization: Bearer $ADA"`;
  return html`<section class="card">
    <h2>Ten minutes with ${ada.displayName} and two grocers</h2>
    <p class="small">
      This development service has a customer, the grocers Albatross and Thistle, an operator and an auditor. Type these
      in the folder in which you started it.
    </p>
    ${step('Sign in as a customer, and see what she states', [
      `ADA=$(${signIn(`${issuer}/v1/sessions`, ada)})`,
      `curl -s ${issuer}/v1/me/preferences ${asAda}`,
    ])}
    ${step('Ask her for consent, as the grocer Albatross; the page that it names is hers to answer', [
      'npx ccx authorize --as albatross',
    ])}
    ${step('Read at the till what she lets Albatross see', [
      `npx ccx curl --as albatross --consent '/v1/preferences?touchpoint=till&purpose=dpv:ServicePersonalisation&stage=shopping'`,
    ])}
    ${step('See who has read what, then end it: the next read is refused', [
      `curl -s ${issuer}/v1/me/disclosures ${asAda}`,
      `CONSENT=$(curl -s ${issuer}/v1/me/consents ${asAda} | ${member('items[0].id')})`,
      `curl -s -X POST ${issuer}/v1/me/consents/$CONSENT/withdraw ${asAda}`,
    ])}
    ${step('Look into the log, as an auditor', ['npx ccx curl --as auditor /v1/audit/entries'])}
  </section>`;
}

function step(title: string, lines: readonly string[]): Html {
  return html`<h3>${title}</h3>
    <pre tabindex="0"><code>${lines.join('\n')}</code></pre>`;
}

function signIn(url: string, { email, password }: { email: string; password: string }): string {
  const body = JSON.stringify({ email, password });
  return `curl -s ${url} -H 'content-type: application/json' -d '${body}' | ${member('token')}`;
}

function member(path: string): string {
  return `node -pe 'JSON.parse(fs.readFileSync(0)).${path}'`;
}

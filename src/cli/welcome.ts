import type { Config } from '../platform/config/config.js';
import type { OpenDatabase } from './database.js';
import { ada, auditor, operator } from './seed/people.js';

/** What to do next, once the service answers. */
export function welcome(config: Config, { dataFolder }: OpenDatabase): string {
  const { issuer } = config;
  const lines = [`CCX is ready at ${issuer}`, '', `  What to try      ${issuer}/`, `  Try the API      ${issuer}/docs`];
  if (dataFolder) lines.push(`  The data         ${dataFolder} (its keys: ${config.DATA_FOLDER}/keys)`);
  if (config.SEED) lines.push('', ...whoIsHere(config));
  if (config.OAUTH_PROFILE === 'development') {
    lines.push(
      '',
      '  It is for development: it takes client secrets, bearer tokens and passwords that everybody knows.',
    );
  }
  lines.push('', '  Ctrl-C stops it.');
  return ['', ...lines, ''].join('\n');
}

function whoIsHere({ DEV_OPERATOR_PASSWORD }: Config): string[] {
  return [
    `  A customer       ${ada.email}  ${ada.password}`,
    ...(DEV_OPERATOR_PASSWORD ? [`  An operator      ${operator.email}  ${DEV_OPERATOR_PASSWORD}  and a code`] : []),
    `  An auditor       ${auditor.email}  ${auditor.password}  and a code`,
    '  Two grocers      Albatross Groceries, Thistle Market',
    '',
    '  As a retailer    npx ccx curl --as albatross /v1/retailer',
    '  As an auditor    npx ccx curl --as auditor /v1/audit/entries',
    '  A code           npx ccx operator code operator',
    '  Ask for consent  npx ccx authorize --as albatross',
  ];
}

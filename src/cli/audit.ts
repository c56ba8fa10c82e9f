import { Command } from 'commander';

import { Monitor } from '../oversight/monitor.service.js';
import type { Finding } from '../oversight/monitor-rules.js';
import { CliError, exitCodes } from './errors.js';
import { print } from './output.js';
import { startProgress } from './replay/progress.js';
import { withServices } from './service-context.js';

/** `ccx audit`: whether what the log says, what is kept and what was read belong together. */
export function auditCommand(env: NodeJS.ProcessEnv): Command {
  const command = new Command('audit').description('checks what the log says against what is kept and what was read');
  command
    .command('check')
    .description('looks at the whole log and at every customer, beside a service that runs or without one')
    .option('--json', 'print a JSON object for each finding, and one at the end')
    .addHelpText('after', `\nExits with ${exitCodes.failed} when there is a finding, one line each.`)
    .action(({ json = false }: { json?: boolean }) =>
      withServices(env, async ({ app }) => {
        const found = await checkAll(app.get(Monitor, { strict: false }), json);
        if (found > 0) throw new CliError(`${found} finding${found === 1 ? '' : 's'}.`);
      }),
    );
  return command;
}

async function checkAll(monitor: Monitor, json: boolean): Promise<number> {
  const { entries, customers } = await monitor.extent();
  const progress = startProgress('Checking', entries + customers, 'entries and customers');
  let done = 0;
  let found = 0;
  const findings = monitor.all((now) => {
    progress.add(now.entries + now.customers - done);
    done = now.entries + now.customers;
  });
  for await (const finding of findings) {
    found++;
    print(json ? JSON.stringify(told(finding)) : `${finding.rule}  ${finding.about.split(':')[0]}  ${finding.detail}`);
  }
  progress.end();
  const summary = { checked: { entries, customers }, findings: found };
  if (json) print(JSON.stringify(summary));
  else if (found === 0) print(`Nothing is wrong. Looked at ${entries} entries and ${customers} customers.`);
  return found;
}

function told({ rule, about, detail, retailerId }: Finding): object {
  return { rule, about, detail, ...(retailerId && { retailer_id: retailerId }) };
}

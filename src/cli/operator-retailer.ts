import { Command } from 'commander';

import { AdmissionsService } from '../retailers/admissions.service.js';
import { RetailerApprovalDto, NewRetailerDto, RetailerDto, SuspensionDto } from '../retailers/retailers.dto.js';
import type { Retailer } from '../retailers/retailer.entity.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { commandLine } from './actor.js';
import { printRecord, printRecords } from './output.js';
import { withServices } from './service-context.js';
import { id, validated } from './validated.js';

interface AddOptions {
  name: string;
  legalName?: string;
  country: string;
  website: string;
  privacyUrl: string;
  incentive?: string;
  sector: string[];
  touchpoint: string[];
  json?: boolean;
}

const MOST_LISTED = 1_000;

/** `ccx operator retailer`: who takes part. */
export function retailerCommands(env: NodeJS.ProcessEnv): Command {
  const changing = (name: string, description: string) =>
    new Command(name).description(description).argument('<id>', 'of the retailer', id).option('--json', 'print JSON');
  const change = (json: boolean | undefined, act: (admissions: AdmissionsService) => Promise<Retailer>) =>
    withServices(env, async ({ app }) => {
      printRecord(RetailerDto.of(await act(app.get(AdmissionsService))), json ?? false);
    });

  return new Command('retailer')
    .description('admits retailers')
    .addCommand(
      new Command('add')
        .description('registers a retailer, which then waits for its approval')
        .requiredOption('--name <name>', 'what customers know it by')
        .option('--legal-name <name>', 'as in the commercial register; its name unless given')
        .requiredOption('--country <code>', 'ISO 3166-1 alpha-2')
        .requiredOption('--website <url>')
        .requiredOption('--privacy-url <url>')
        .option('--incentive <sentence>', 'what it offers in return for consent')
        .requiredOption('--sector <code...>')
        .requiredOption('--touchpoint <code...>')
        .option('--json', 'print JSON')
        .action(async (options: AddOptions) => {
          const { name, legalName = name, country, website, privacyUrl, incentive, sector, touchpoint } = options;
          const given = { name, legal_name: legalName, country, website, privacy_url: privacyUrl, incentive };
          const dto = await validated(NewRetailerDto, { ...given, sectors: sector, touchpoints: touchpoint });
          await change(options.json, (admissions) => admissions.register(commandLine, dto.toRetailer()));
        }),
    )
    .addCommand(
      new Command('list')
        .description('lists retailers, newest first')
        .option('--json', 'print JSON')
        .action((options: { json?: boolean }) =>
          withServices(env, async ({ app }) => {
            const retailers = await app.get(RetailersService).list({ limit: MOST_LISTED });
            printRecords(
              retailers.map((retailer) => RetailerDto.of(retailer)),
              options.json ?? false,
            );
          }),
        ),
    )
    .addCommand(
      changing('approve', 'lets a retailer take part')
        .requiredOption('--sector <code...>', 'what it is approved for')
        .action(async (retailerId: string, options: { sector: string[]; json?: boolean }) => {
          const { sectors } = await validated(RetailerApprovalDto, { sectors: options.sector });
          await change(options.json, (admissions) => admissions.approve(commandLine, retailerId, sectors));
        }),
    )
    .addCommand(
      changing('suspend', 'stops a retailer at once')
        .requiredOption('--reason <text>', 'for the audit log')
        .action(async (retailerId: string, options: { reason: string; json?: boolean }) => {
          const { reason } = await validated(SuspensionDto, { reason: options.reason });
          await change(options.json, (admissions) => admissions.suspend(commandLine, retailerId, reason));
        }),
    )
    .addCommand(
      changing('reinstate', 'ends a suspension').action((retailerId: string, options: { json?: boolean }) =>
        change(options.json, (admissions) => admissions.reinstate(commandLine, retailerId)),
      ),
    );
}

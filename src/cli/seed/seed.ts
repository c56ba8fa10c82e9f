import type { INestApplicationContext } from '@nestjs/common';

import type { Actor } from '../../audit/audit.service.js';
import { CustomersService } from '../../customers/customers.service.js';
import type { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { PreferencesService } from '../../preferences/preferences.service.js';
import type { StaffRole } from '../../staff/staff-member.entity.js';
import { type DevelopmentMember, StaffService } from '../../staff/staff.service.js';
import { CredentialsFolder } from '../client-credentials.js';
import { DevelopmentAuthenticator } from '../staff-credentials.js';
import { ada, auditor, operator, preferencesOfAda } from './people.js';
import { seedShop } from './seed-shop.js';
import { shops } from './shops.js';

/** The address that limits count the seed's registrations under. */
const THIS_MACHINE = '127.0.0.1';

const seeder: Actor = { kind: 'system', id: 'seed' };

/**
 * Makes what a development service begins with: a customer, two grocers with clients, an operator and an auditor. Goes
 * through the services, as people would. What is there already stays as it is.
 */
export async function seed(app: INestApplicationContext, config: Config, say: (line: string) => void): Promise<void> {
  const folder = new CredentialsFolder(config.DATA_FOLDER);
  const made: string[] = [];
  for (const shop of shops(config)) made.push(...(await seedShop(app, folder, shop, seeder)));
  if (await seedStaff(app, config)) made.push('staff');
  if (await seedCustomer(app)) made.push(ada.displayName);
  if (made.length > 0) say(`Made for a first try: ${made.join(', ')}`);
}

async function seedCustomer(app: INestApplicationContext): Promise<boolean> {
  const customers = app.get(CustomersService, { strict: false });
  const { reader } = app.get(Database, { strict: false });
  if (await customers.findByEmail(reader, ada.email)) return false;
  const { customer } = await customers.register(ada, { address: THIS_MACHINE, userAgent: 'ccx seed' });
  const author = { actor: { kind: 'customer' }, provenance: { kind: 'stated', source: 'seed' } } as const;
  await app.get(PreferencesService, { strict: false }).recordAll(customer, preferencesOfAda, author);
  return true;
}

async function seedStaff(app: INestApplicationContext, config: Config): Promise<boolean> {
  const { DATA_FOLDER, DEV_OPERATOR_PASSWORD: password } = config;
  const staff = app.get(StaffService, { strict: false });
  const secretOf = (role: StaffRole) => new DevelopmentAuthenticator(DATA_FOLDER, role).ensureSecret();
  const members: DevelopmentMember[] = [{ ...auditor, role: 'auditor', totpSecret: secretOf('auditor') }];
  if (password) members.push({ ...operator, password, role: 'operator', totpSecret: secretOf('operator') });
  const made = [];
  for (const member of members) made.push((await staff.ensureDevelopmentMember(member)).created);
  return made.includes(true);
}

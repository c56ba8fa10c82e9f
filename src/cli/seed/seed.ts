import type { INestApplicationContext } from '@nestjs/common';

import type { Actor } from '../../audit/audit.service.js';
import { CustomersService } from '../../customers/customers.service.js';
import type { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { PreferencesService } from '../../preferences/preferences.service.js';
import { StaffService } from '../../staff/staff.service.js';
import { StaffExistsError } from '../../staff/staff.errors.js';
import { CredentialsFolder } from '../client-credentials.js';
import { ada, auditor, operatorEmail, preferencesOfAda } from './people.js';
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

async function seedStaff(app: INestApplicationContext, { DEV_OPERATOR_PASSWORD }: Config): Promise<boolean> {
  const staff = app.get(StaffService, { strict: false });
  const made = DEV_OPERATOR_PASSWORD
    ? (await staff.ensureDevelopmentOperator(operatorEmail, DEV_OPERATOR_PASSWORD)).created
    : false;
  try {
    const { token } = await staff.invite({ email: auditor.email, name: auditor.name, role: 'auditor' }, seeder);
    await staff.accept(token, auditor.password, THIS_MACHINE);
    return true;
  } catch (error) {
    if (error instanceof StaffExistsError) return made;
    throw error;
  }
}

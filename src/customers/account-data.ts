import { Injectable, type OnModuleInit } from '@nestjs/common';

import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { type ExportedRecord, PersonalData } from '../platform/personal-data.js';
import { CustomerPassword, RecoveryCode } from './credentials.entity.js';
import { Customer, LoginIdentity, openFor } from './customer.entity.js';
import { findCustomer } from './customers.queries.js';
import { Passkey } from './passkey.entity.js';
import { passkeysOf } from './passkeys.queries.js';
import { PersonalToken } from './personal-token.entity.js';
import { openProfile } from './profile.js';
import { Session } from './session.entity.js';
import { TillCode } from './till-code.entity.js';

const LETTING_IN = [TillCode, Session, PersonalToken, Passkey, RecoveryCode, CustomerPassword, LoginIdentity];

/** What this module holds of a customer. Their keys are counted to it, since it has them made. */
@Injectable()
export class AccountData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly keys: SubjectKeys,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      module: 'customers',
      tables: ['customers'],
      export: (reader, customer) => this.export(reader, customer),
      // The last of all to go: what is left of others refers to it.
      erase: async (tx, customer) => {
        await tx.delete(Customer, { ...customer });
      },
    });
    this.personalData.register({
      module: 'access',
      tables: [
        'login_identities',
        'customer_passwords',
        'recovery_codes',
        'sessions',
        'personal_tokens',
        'passkeys',
        'till_codes',
        'subject_keys',
        'audit_subjects',
      ],
      // Handed over with the account, where it is not a secret.
      export: async function* () {},
      atOnce: true,
      erase: (tx, customer) => this.eraseAccess(tx, customer),
    });
  }

  // Hashes, wrapped keys and tokens are secrets rather than data about somebody, and stay out.
  private async *export(reader: Reader, customer: CustomerKey): AsyncIterable<ExportedRecord> {
    const row = await findCustomer(reader, customer);
    if (!row) return;
    const { profileKey } = await this.keys.of(reader, customer);
    const { customerId, email, displayName, language, createdAt, updatedAt } = openProfile(row, profileKey);
    yield {
      kind: 'account',
      record: {
        customer_id: customerId,
        email,
        display_name: displayName,
        language,
        created_at: createdAt.toISOString(),
        updated_at: updatedAt.toISOString(),
      },
      provided: true,
      source: 'customer',
    };
    for (const session of await reader.findBy(Session, { ...customer })) {
      yield {
        kind: 'session',
        record: {
          id: session.id,
          device: session.deviceSealed && openFor(customer, profileKey, 'device', session.deviceSealed),
          signed_in_at: session.signedInAt.toISOString(),
          signed_in_with: session.signedInWith,
          last_used_at: session.lastUsedAt.toISOString(),
          expires_at: session.expiresAt.toISOString(),
        },
      };
    }
    for (const token of await reader.findBy(PersonalToken, { ...customer })) {
      yield {
        kind: 'personal_token',
        record: {
          id: token.id,
          name: openFor(customer, profileKey, 'token name', token.nameSealed),
          scopes: token.scopes,
          created_at: token.createdAt.toISOString(),
          last_used_at: token.lastUsedAt?.toISOString() ?? null,
          expires_at: token.expiresAt.toISOString(),
        },
      };
    }
    for (const passkey of await passkeysOf(reader, customer)) {
      yield {
        kind: 'passkey',
        record: {
          id: passkey.id,
          name: openFor(customer, profileKey, 'passkey name', passkey.nameSealed),
          credential_id: passkey.credentialId.toString('base64url'),
          public_key: passkey.publicKey.toString('base64url'),
          transports: passkey.transports,
          synced: passkey.synced,
          uses: passkey.counter,
          created_at: passkey.createdAt.toISOString(),
          last_used_at: passkey.lastUsedAt?.toISOString() ?? null,
        },
      };
    }
  }

  private async eraseAccess(tx: Tx, customer: CustomerKey): Promise<void> {
    for (const entity of LETTING_IN) await tx.delete(entity, { ...customer });
    // Last: who has one of these rows at this moment and writes that into the log is waited for, and not the other way.
    await this.keys.destroy(tx, customer);
  }
}

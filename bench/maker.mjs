// Makes customers, as another process orders.
import { randomBytes } from 'node:crypto';

import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { v7 } from 'uuid';

import { built } from './built.mjs';
import { Rows } from './copy.mjs';
import { CONSENTS, shared } from './people.mjs';
import { answering } from './process.mjs';
import { secrets } from './service.mjs';

const CONSENTED_FOR_MS = 300 * 86_400_000;
const author = { provenance: { kind: 'stated', source: 'customer' } };

/** While some are written, the next are made. */
class Maker {
  static async begin({ databaseUrl, history = true, ...plan }) {
    const maker = new Maker();
    Object.assign(maker, { history, ...plan, ours: await ours(), tables: tables(), writing: Promise.resolve() });
    maker.client = new pg.Client({ connectionString: databaseUrl });
    await maker.client.connect();
    // The rows refer to each other as they must: checking each against its customer takes longer than writing it.
    await maker.client.query(`set session_replication_role = replica`);
    await maker.client.query(`set synchronous_commit = off`);
    return maker;
  }

  async make(count) {
    for (let made = 0; made < count; made++) this.#person();
    await this.writing;
    const full = Object.values(this.tables);
    this.tables = tables();
    this.writing = this.#write(full);
  }

  async end() {
    await this.writing;
    await this.client.end();
  }

  async #write(full) {
    await this.client.query('begin');
    for (const rows of full) await rows.write(this.client);
    await this.client.query('commit');
  }

  #person() {
    const { customerKey, pseudonymOf, sealFor, kek, pepper, aads } = this.ours;
    const { tables: to } = this;
    const [profileKey, auditKey] = [randomBytes(32), randomBytes(32)];
    const customer = customerKey(this.ours.uuid());
    const { bucket, customerId } = customer;
    const at = new Date();
    const email = `${customerId}@people.example`;
    const wrapped = (key, column) => kek.wrap(key, aads[column](customerId));
    to.customers.add(bucket, customerId, 'active', 'en', sealFor(customer, profileKey, 'email', email), at, at);
    to.identities.add(pepper.identity(email), bucket, customerId);
    to.keys.add(bucket, customerId, wrapped(profileKey, 'profile_key'), wrapped(auditKey, 'audit_key'), at);
    to.pseudonyms.add(pseudonymOf(auditKey), bucket, customerId);
    const nth = Number.parseInt(customerId.slice(24, 32), 16); // random, and so is what they like
    this.#preferences(customer, profileKey, nth, at);
    for (let place = 0; place < CONSENTS; place++) this.#consent(customer, nth + place, at);
  }

  #preferences(customer, profileKey, nth, at) {
    const { documents, sealVersion, stated, uuid } = this.ours;
    const { bucket, customerId } = customer;
    const { kinds, vocabularyVersion } = this.understood;
    const byCategory = new Map();
    for (const statement of kinds[nth % kinds.length]) {
      const preference = stated(statement, { id: uuid() }, author, at);
      const category = statement.attribute.split('.', 1)[0];
      if (this.history) {
        const sealed = sealVersion(customer, profileKey, preference);
        this.tables.versions.add(
          bucket,
          customerId,
          preference.id,
          1,
          'recorded',
          category,
          vocabularyVersion,
          sealed,
          at,
        );
      }
      if (byCategory.has(category)) byCategory.get(category).push(preference);
      else byCategory.set(category, [preference]);
    }
    for (const [category, preferences] of byCategory) {
      const { version, sealed } = documents.seal(customer, profileKey, { category, version: 1, preferences });
      this.tables.documents.add(bucket, customerId, category, version, vocabularyVersion, sealed, at);
    }
  }

  #consent(customer, nth, at) {
    const { Consent, uuid } = this.ours;
    const { retailerId, clientId } = this.shops[nth % this.shops.length];
    const { vocabularyVersion } = this.understood;
    const details = detailsOf(at, uuid);
    const request = { ...customer, id: null, retailerId, use: 'standing', vocabularyVersion };
    const consent = Consent.begin({ id: uuid(), request, details, noticeHash: null, at });
    const { bucket, customerId, id, status, version, expiresAt, remindAt } = consent;
    this.tables.consents.add(
      bucket,
      customerId,
      id,
      retailerId,
      consent.use,
      status,
      version,
      details,
      vocabularyVersion,
      0,
      at,
      at,
      expiresAt,
      remindAt,
      at,
    );
    this.tables.consentVersions.add(
      bucket,
      customerId,
      id,
      version,
      'given',
      status,
      details,
      expiresAt,
      { kind: 'customer' },
      at,
    );
    this.tables.consentClients.add(bucket, customerId, id, clientId, 1, at);
    this.tables.consentRefs.add(id, 'consent', bucket, customerId, retailerId);
  }
}

/** They may read at tills and on the website, and report what is bought. */
function detailsOf(at, uuid) {
  const expires_at = new Date(at.getTime() + CONSENTED_FOR_MS).toISOString();
  return [
    {
      id: uuid(),
      type: 'ccx_preferences',
      attributes: shared,
      purposes: ['dpv:ServicePersonalisation'],
      touchpoints: ['till', 'web'],
      stages: ['shopping'],
      delivery: ['live'],
      retention: 'P30D',
      expires_at,
    },
    {
      id: uuid(),
      type: 'ccx_interactions',
      event_types: ['transaction.completed'],
      purposes: ['dpv:PersonalisedBenefits'],
      touchpoints: ['till'],
      late_reporting: 'P3D',
      since: at.toISOString(),
      expires_at,
    },
  ];
}

/** What the service itself makes such rows with. */
async function ours() {
  const platform = (path) => built(`src/platform/${path}`);
  const { Kek } = await platform('crypto/kek');
  const { Pepper } = await platform('crypto/pepper');
  const { SubjectKeys, pseudonymOf } = await platform('crypto/subject-keys');
  const { WrappedKeys } = await platform('crypto/wrapped-keys');
  const { customerKey } = await platform('customer-key');
  const { Forgetting } = await platform('forgetting');
  const { Random } = await platform('random');
  const { sealFor } = await built('src/customers/customer.entity');
  const { PreferenceDocuments, sealVersion } = await built('src/preferences/preference-documents');
  const { stated } = await built('src/preferences/statement');
  const { Consent } = await built('src/consents/consent.entity');
  const { VocabularyService } = await built('src/vocabulary/vocabulary.service');

  const kek = new Kek(Buffer.from(secrets.CCX_KEK, 'base64'));
  const pepper = new Pepper(Buffer.from(secrets.CCX_PEPPER, 'base64'));
  const given = [
    { provide: Kek, useValue: kek },
    { provide: Pepper, useValue: pepper },
    { provide: VocabularyService, useValue: {} }, // sealing asks it nothing
  ];
  const providers = [...given, Forgetting, PreferenceDocuments, Random, SubjectKeys, WrappedKeys];
  const app = await NestFactory.createApplicationContext({ module: Maker, providers }, { logger: false });
  const registered = app.get(WrappedKeys).registered();
  const aads = Object.fromEntries(registered.map(({ column, aad }) => [column, aad]));
  const uuid = idMaker();
  const documents = app.get(PreferenceDocuments);
  return { Consent, aads, customerKey, documents, kek, pepper, pseudonymOf, sealFor, sealVersion, stated, uuid };
}

/** Ids as the service makes them, from randomness that is drawn in large pieces. */
function idMaker() {
  let drawn = Buffer.alloc(0);
  return () => {
    if (drawn.length === 0) drawn = randomBytes(16_384);
    const random = drawn.subarray(0, 16);
    drawn = drawn.subarray(16);
    return v7({ random });
  };
}

/** The tables that customers stand in; whatever is a customer's begins with their key. */
function tables() {
  const of = 'bucket int, customer_id uuid';
  const rows = (table, columns) => new Rows(table, columns);
  return {
    customers: rows(
      'customers',
      `${of}, status text, language text, email_sealed bytea, created_at timestamptz, updated_at timestamptz`,
    ),
    identities: rows('login_identities', `identity_hash bytea, ${of}`),
    keys: rows('subject_keys', `${of}, profile_key bytea, audit_key bytea, created_at timestamptz`),
    pseudonyms: rows('audit_subjects', `pseudonym bytea, ${of}`),
    documents: rows(
      'preference_documents',
      `${of}, category text, version int, vocabulary_version text, sealed bytea, updated_at timestamptz`,
    ),
    versions: rows(
      'preference_versions',
      `${of}, preference_id uuid, version int, change text, category text, vocabulary_version text, sealed bytea,
       at timestamptz`,
    ),
    consents: rows(
      'consents',
      `${of}, id uuid, retailer_id uuid, use text, status text, version int, details jsonb, vocabulary_version text,
       reads_count int, given_at timestamptz, term_began_at timestamptz, expires_at timestamptz, remind_at timestamptz,
       updated_at timestamptz`,
    ),
    consentVersions: rows(
      'consent_versions',
      `${of}, consent_id uuid, version int, change text, status text, details jsonb, expires_at timestamptz, actor jsonb,
       at timestamptz`,
    ),
    consentClients: rows(
      'consent_clients',
      `${of}, consent_id uuid, client_id text, token_epoch int, created_at timestamptz`,
    ),
    consentRefs: rows('consent_refs', `id uuid, kind text, ${of}, retailer_id uuid`),
  };
}

let maker;
answering({
  begin: async (plan) => void (maker = await Maker.begin(plan)),
  make: ({ count }) => maker.make(count),
  end: () => maker.end(),
});

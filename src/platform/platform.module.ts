import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';

import { Afterwards } from './afterwards.js';
import { Clock } from './clock.js';
import { Config } from './config/config.js';
import { loadSecrets, type Secrets } from './config/secrets.js';
import { Kek } from './crypto/kek.js';
import { Pepper } from './crypto/pepper.js';
import { SigningKeys } from './crypto/signing-keys.js';
import { SubjectKeys } from './crypto/subject-keys.js';
import { WrappedKeys } from './crypto/wrapped-keys.js';
import { openServiceDataSource } from './database/data-source.js';
import { Database, DATA_SOURCE, NAMED_STATEMENTS, PIPELINES } from './database/database.js';
import { Partitions } from './database/partitions.js';
import { pipelines } from './database/pipelines.js';
import { Derived } from './derived.js';
import { ErasureRegister } from './erasure-register.js';
import { Forgetting } from './forgetting.js';
import { CallerAddress } from './http/caller-address.js';
import { Drain } from './http/drain.js';
import { EngineMount } from './http/engine-mount.js';
import { HealthController } from './http/health.controller.js';
import { Idempotency } from './http/idempotency.js';
import { ProblemFilter } from './http/problem.filter.js';
import { ProblemsController } from './http/problems.controller.js';
import { RateLimits } from './http/rate-limits.js';
import { Readiness } from './http/readiness.js';
import { RequestWatch } from './http/request-watch.js';
import { RequestLimits } from './http/request-limits.js';
import { RequestValidationPipe } from './http/validation.js';
import { Jobs } from './jobs/jobs.js';
import { LongJobs } from './jobs/long-jobs.js';
import { Metrics } from './metrics/metrics.js';
import { MetricsListener } from './metrics/metrics-listener.js';
import { ServiceMetrics } from './metrics/service-metrics.js';
import { Overload } from './overload/overload.js';
import { OverloadMetrics } from './overload/overload-metrics.js';
import { PASSWORD_COST, PASSWORD_COST_TOKEN, type PasswordCost, Passwords } from './passwords/passwords.js';
import { PersonalData } from './personal-data.js';
import { Random } from './random.js';
import { Tracing } from './tracing/tracing.js';
import { WebAuthn } from './webauthn/webauthn.js';

/** What the service stands on, given from outside. */
export interface PlatformSettings {
  readonly config: Config;
  /** Where the database is; the embedded one's address is known only once it runs. */
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly drain: Drain;
  readonly engine: EngineMount;
  readonly overload: Overload;
  readonly watch: RequestWatch;
  readonly passwordCost?: PasswordCost;
}

const SECRETS = Symbol('secrets');

const crypto: Provider[] = [
  { provide: SECRETS, useFactory: loadSecrets, inject: [Config] },
  { provide: Kek, useFactory: ({ kek, previousKek }: Secrets) => new Kek(kek, previousKek), inject: [SECRETS] },
  { provide: Pepper, useFactory: ({ pepper }: Secrets) => new Pepper(pepper), inject: [SECRETS] },
  WrappedKeys,
  SigningKeys,
  SubjectKeys,
  Passwords,
];

const services = [
  Random,
  Afterwards,
  Forgetting,
  Database,
  Partitions,
  Jobs,
  LongJobs,
  MetricsListener,
  ServiceMetrics,
  OverloadMetrics,
  PersonalData,
  ErasureRegister,
  Derived,
  RateLimits,
  RequestLimits,
  CallerAddress,
  Readiness,
  Idempotency,
  WebAuthn,
];

/** What every module may use without importing it. */
@Module({ controllers: [HealthController, ProblemsController] })
export class PlatformModule {
  static with(settings: PlatformSettings): DynamicModule {
    const { config, databaseUrl, clock, drain, engine, overload, watch, passwordCost } = settings;
    const given: Provider[] = [
      { provide: Config, useValue: config },
      { provide: Clock, useValue: clock },
      { provide: Drain, useValue: drain },
      { provide: EngineMount, useValue: engine },
      { provide: Overload, useValue: overload },
      { provide: Metrics, useValue: watch.metrics },
      { provide: Tracing, useValue: watch.tracing },
      { provide: RequestWatch, useValue: watch },
      { provide: PASSWORD_COST_TOKEN, useValue: passwordCost ?? PASSWORD_COST },
    ];
    const connection = {
      url: databaseUrl,
      applicationName: 'ccx',
      statementSeconds: config.DATABASE_STATEMENT_SECONDS,
    };
    const database: Provider[] = [
      { provide: DATA_SOURCE, useFactory: () => openServiceDataSource({ ...connection, pool: config.DATABASE_POOL }) },
      { provide: PIPELINES, useFactory: () => pipelines(config.DATABASE_READ_CONNECTIONS, connection) },
      { provide: NAMED_STATEMENTS, useValue: config.DATABASE_NAMED_STATEMENTS },
    ];
    const http: Provider[] = [
      { provide: APP_FILTER, useClass: ProblemFilter },
      { provide: APP_PIPE, useClass: RequestValidationPipe },
    ];
    const open = [...given, ...database, ...crypto, ...services];
    return { module: PlatformModule, global: true, providers: [...open, ...http], exports: open };
  }
}

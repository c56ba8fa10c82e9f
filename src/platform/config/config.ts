import 'reflect-metadata';

import { plainToInstance, Transform, Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  MinLength,
  validateSync,
} from 'class-validator';

import { logFaults } from './log-keys.js';
import { policyFaults } from './log-policy.js';
import { productionFaults } from './production.js';
import { secretFaults } from './secrets.js';

export type Environment = 'development' | 'test' | 'production';
export type OAuthProfile = 'strict' | 'development';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** What operators are signed in with on a development machine that was just seeded. */
export const DEVELOPMENT_OPERATOR_PASSWORD = 'operator-of-a-development-ccx';

const OnOff = (): PropertyDecorator => (target, property) => {
  Transform(({ value }: { value: unknown }) => ({ on: true, off: false })[String(value)] ?? value)(target, property);
  IsBoolean({ message: '$property must be on or off' })(target, property);
};

/** Every setting of the service, under the name of its environment variable. Read once, by {@link loadConfig}. */
export class Config {
  @IsIn(['development', 'test', 'production'])
  readonly NODE_ENV: Environment = 'development';

  /** The address to listen at. */
  @IsString()
  @MinLength(1)
  readonly HOST: string = '127.0.0.1';

  /** The port to listen at. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(65_535)
  readonly PORT: number = 3000;

  /** How many processes answer at that port. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(64)
  readonly WORKERS: number = 1;

  /** The origin under which callers reach the service. It is the OAuth issuer, so it must not change later. */
  @Matches(/^https?:\/\/[^/?#]+\/?$/, { message: '$property must be an origin, such as https://ccx.example' })
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true })
  readonly PUBLIC_URL!: string;

  /** Which proxies in front may say who the caller is (`X-Forwarded-For`): `off`, or addresses, networks, `loopback`. */
  @Matches(/^(off|[\w.:/]+(,[\w.:/]+)*)$/, { message: '$property must be off, or addresses separated by commas' })
  readonly TRUST_PROXY: string = 'off';

  /** A PostgreSQL to use. Without it, the service starts one of its own in the data folder. */
  @Matches(/^postgres(ql)?:\/\//, { message: '$property must begin with postgres:// or postgresql://' })
  @IsOptional()
  readonly DATABASE_URL?: string;

  /** The most connections to the database. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  readonly DATABASE_POOL: number = 10;

  /** How many connections besides are for the quick reads of requests, many at once on each; 0 for none. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(100)
  readonly DATABASE_READ_CONNECTIONS: number = 2;

  /** How long one statement of a request may take. A server that is silent for longer is taken for dead. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(600)
  readonly DATABASE_STATEMENT_SECONDS: number = 30;

  /** Whether hot statements are named, so that PostgreSQL prepares them once. Off for poolers that lose them. */
  @OnOff()
  readonly DATABASE_NAMED_STATEMENTS: boolean = true;

  /** Where the embedded database and the keys of a development service live. */
  @IsString()
  @MinLength(1)
  readonly DATA_FOLDER: string = '.ccx';

  /** The port of the embedded database; a free one unless given. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(65_535)
  @IsOptional()
  readonly EMBEDDED_PORT?: number;

  /** The key that wraps all others: 32 bytes in base64, here or in a file. */
  @IsString()
  @IsOptional()
  readonly CCX_KEK?: string;

  @IsString()
  @IsOptional()
  readonly CCX_KEK_FILE?: string;

  /** The KEK before it, which still opens what it has wrapped, until all of it is rewrapped. */
  @IsString()
  @IsOptional()
  readonly CCX_KEK_PREVIOUS?: string;

  @IsString()
  @IsOptional()
  readonly CCX_KEK_PREVIOUS_FILE?: string;

  /** The secret of look-ups by e-mail address: 32 bytes in base64, here or in a file. It can never change. */
  @IsString()
  @IsOptional()
  readonly CCX_PEPPER?: string;

  @IsString()
  @IsOptional()
  readonly CCX_PEPPER_FILE?: string;

  /** `strict` is FAPI 2.0; `development` also allows client secrets and bearer tokens. */
  @IsIn(['strict', 'development'])
  readonly OAUTH_PROFILE!: OAuthProfile;

  /** Off only for tests, benchmarks and replays. */
  @OnOff()
  readonly RATE_LIMITS: boolean = true;

  /** How often one caller may call, where an operation has no limit of its own. Counted per process. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  readonly REQUESTS_PER_MINUTE: number = 6000;

  /** How many requests are worked on at once, in the weight of a read. What comes beyond waits. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  readonly REQUESTS_AT_ONCE: number = 16;

  /** How many requests may be here at all, 16 KiB of a body counting as one more. One caller has half of it at most. */
  @Type(() => Number)
  @IsInt()
  @Min(2)
  @Max(1_000_000)
  readonly REQUESTS_IN_LINE: number = 8000;

  /** How long a request waits for its turn at most. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(30)
  readonly REQUEST_WAIT_SECONDS: number = 2;

  /** The most connections that callers may have. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  readonly CONNECTIONS: number = 10_000;

  /** The most connections of one address, unless it is a proxy's (`TRUST_PROXY`). */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  readonly CONNECTIONS_PER_ADDRESS: number = 1000;

  /** By how much the process may be late before it lets nobody in any more who has many requests here. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(60_000)
  readonly LOOP_DELAY_LIMIT_MS: number = 100;

  @IsIn(logLevels)
  readonly LOG_LEVEL!: (typeof logLevels)[number];

  /** Whether a first start makes example customers, retailers and staff. */
  @OnOff()
  readonly SEED!: boolean;

  /** The password of the operator that a seeded development service has. */
  @IsString()
  @MinLength(12)
  @IsOptional()
  readonly DEV_OPERATOR_PASSWORD?: string;

  /** How long requests under way may take to finish once the service is told to stop. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(3600)
  readonly SHUTDOWN_SECONDS: number = 20;

  /** For how many days a consent may hold at most. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(366)
  readonly CONSENT_LONGEST_DAYS: number = 366;

  /**
   * For how many months what retailers report may be kept at most: each month of events goes as soon as its first event
   * is that old. Not less than an event may be reported late, and then some.
   */
  @Type(() => Number)
  @IsInt()
  @Min(16)
  @Max(120)
  readonly INTERACTIONS_KEPT_MONTHS: number = 36;

  /**
   * For how many days it is kept who read what of whom: each day goes once it is that old, and its signed segment is
   * written. Thirteen months let a customer, an auditor or a court look back over a whole year.
   */
  @Type(() => Number)
  @IsInt()
  @Min(90)
  @Max(3650)
  readonly DISCLOSURES_KEPT_DAYS: number = 400;

  /** Where the signed segments of those days go; `segments` in the data folder unless given. All hosts share it. */
  @IsString()
  @MinLength(1)
  @IsOptional()
  readonly SEGMENTS_FOLDER?: string;

  /** After how many days another key signs tokens. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(3650)
  readonly TOKEN_KEY_DAYS: number = 90;

  /** After how many days another key signs receipts. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(3650)
  readonly RECEIPT_KEY_DAYS: number = 365;

  /** The key that signs checkpoints of the log, as Go's `note` writes it, here or in a file. Its name is the log's origin. */
  @IsString()
  @IsOptional()
  readonly CCX_LOG_KEY?: string;

  @IsString()
  @IsOptional()
  readonly CCX_LOG_KEY_FILE?: string;

  /** The key before it, for as long as it has not handed over. */
  @IsString()
  @IsOptional()
  readonly CCX_LOG_KEY_PREVIOUS?: string;

  @IsString()
  @IsOptional()
  readonly CCX_LOG_KEY_PREVIOUS_FILE?: string;

  /** Where the last checkpoint that was signed is remembered, outside the database; in the data folder unless given. */
  @IsString()
  @IsOptional()
  readonly LOG_STATE_FILE?: string;

  /** Whether processes on several hosts sign, none of which sees what another one remembers. */
  @OnOff()
  readonly LOG_SEVERAL_HOSTS: boolean = false;

  /** Which witnesses are asked to cosign checkpoints of the log, and how many have to: a C2SP tlog-policy. */
  @IsString()
  @IsOptional()
  readonly LOG_POLICY_FILE?: string;

  /** For how long a witness may think about a checkpoint. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(60)
  readonly LOG_WITNESS_SECONDS: number = 5;

  /** A file, best out of the operator's reach, to which each published checkpoint is appended. */
  @IsString()
  @IsOptional()
  readonly LOG_ANCHOR_FILE?: string;

  /** An address to which each published checkpoint is posted. */
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true, disallow_auth: true })
  @IsOptional()
  readonly LOG_ANCHOR_URL?: string;

  /** Who has been erased, as hashes: a file that no restore of the database takes back. In the data folder unless given. */
  @IsString()
  @IsOptional()
  readonly ERASURE_REGISTER_FILE?: string;

  /** The port of a listener of its own for metrics (Prometheus); there is none unless it is given. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(65_535)
  @IsOptional()
  readonly METRICS_PORT?: number;

  /** The address of that listener. Metrics say nothing of anybody, and much about the service: keep it private. */
  @IsString()
  @MinLength(1)
  readonly METRICS_HOST: string = '127.0.0.1';

  /** Who takes traces by OTLP over HTTP, at `/v1/traces` of this address. Without it, or the next, none are made. */
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true, disallow_auth: true })
  @IsOptional()
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  /** The same, as the whole address. Other settings of OpenTelemetry are read by its own packages. */
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true, disallow_auth: true })
  @IsOptional()
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string;

  /** `true` makes no traces, whatever the other settings say. */
  @IsIn(['true', 'false'])
  readonly OTEL_SDK_DISABLED: 'true' | 'false' = 'false';

  /** The origin under which the service is reached: `iss` of its tokens and base of every absolute URL. */
  get issuer(): string {
    return new URL(this.PUBLIC_URL).origin;
  }

  /** Where traces go; nowhere, unless it is said. */
  get tracesTo(): string | undefined {
    if (this.OTEL_SDK_DISABLED === 'true') return undefined;
    const base = this.OTEL_EXPORTER_OTLP_ENDPOINT;
    return this.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base && `${base.replace(/\/$/, '')}/v1/traces`);
  }

  get isProduction(): boolean {
    return this.NODE_ENV === 'production';
  }
}

/** Everything that is wrong with the settings, in one message. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(`Cannot start:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/**
 * Reads the settings out of an environment. Empty values count as absent.
 * @throws ConfigError naming every fault
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.keys(new Config()).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  ) as Record<string, string>;
  const config = plainToInstance(Config, { ...derivedDefaults(given), ...given }, { exposeDefaultValues: true });
  const faults = validateSync(config).flatMap((error) => Object.values(error.constraints ?? {}));
  faults.push(...secretFaults(config), ...logFaults(config), ...policyFaults(config));
  if (config.isProduction) faults.push(...productionFaults(config));
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(config);
}

/** Defaults that depend on other settings. */
function derivedDefaults(given: Readonly<Record<string, string>>): Record<string, string> {
  const environment = given.NODE_ENV ?? 'development';
  const production = environment === 'production';
  const host = given.HOST ?? '127.0.0.1';
  const reachable = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return {
    OAUTH_PROFILE: production ? 'strict' : 'development',
    LOG_LEVEL: environment === 'test' ? 'silent' : 'info',
    SEED: environment === 'development' ? 'on' : 'off',
    // In production these have no default: one is the issuer for ever, the other is known to everybody.
    ...(production
      ? {}
      : {
          PUBLIC_URL: `http://${reachable}:${given.PORT ?? 3000}`,
          DEV_OPERATOR_PASSWORD: DEVELOPMENT_OPERATOR_PASSWORD,
        }),
  };
}

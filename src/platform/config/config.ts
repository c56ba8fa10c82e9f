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

  /** The origin under which the service is reached: `iss` of its tokens and base of every absolute URL. */
  get issuer(): string {
    return new URL(this.PUBLIC_URL).origin;
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
  faults.push(...secretFaults(config));
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

import { makeSignerKey, type NoteSigner, parseSignerKey } from '../crypto/note-signer.js';
import type { Config } from './config.js';
import { fileText, made } from './secrets.js';

/** The keys that sign checkpoints of the log. */
export interface LogSigners {
  readonly current: NoteSigner;
  /** The one that hands over to the current one. */
  readonly previous?: NoteSigner;
}

const sources = {
  current: { setting: 'CCX_LOG_KEY', file: 'CCX_LOG_KEY_FILE' },
  previous: { setting: 'CCX_LOG_KEY_PREVIOUS', file: 'CCX_LOG_KEY_PREVIOUS_FILE' },
} as const;

/** The name of the log (C2SP tlog-checkpoint): where it is served, without a scheme. */
export function logOrigin({ PUBLIC_URL }: Config): string {
  return `${new URL(PUBLIC_URL).host}/log/v1`;
}

/** Reads the keys. A development service makes one for itself, and keeps its name when it moves to another port. */
export function loadLogSigners(config: Config): LogSigners {
  const given = givenText(config, 'current');
  const text = given ?? made(config.DATA_FOLDER, 'log', () => makeSignerKey(logOrigin(config)));
  const previous = givenText(config, 'previous');
  return { current: signer(text), ...(previous !== undefined && { previous: signer(previous) }) };
}

/** What is wrong with the settings of the log. Never quotes a key. */
export function logFaults(config: Config): string[] {
  const faults = [...keyFaults(config, 'current'), ...keyFaults(config, 'previous')];
  if (config.LOG_SEVERAL_HOSTS && !config.LOG_POLICY_FILE && !config.LOG_ANCHOR_FILE && !config.LOG_ANCHOR_URL) {
    faults.push(
      'LOG_SEVERAL_HOSTS needs LOG_POLICY_FILE, LOG_ANCHOR_FILE or LOG_ANCHOR_URL: what one host has signed, another one does not know',
    );
  }
  return faults;
}

function keyFaults(config: Config, which: keyof typeof sources): string[] {
  const { setting, file } = sources[which];
  const path = config[file];
  if (config[setting] !== undefined && path !== undefined) return [`${setting} and ${file} must not both be set`];
  if (config[setting] === undefined && path === undefined) return [];
  const name = path === undefined ? setting : file;
  const text = givenText(config, which);
  if (text === undefined) return [`${name} names a file that cannot be read: ${path}`];
  const key = parseSignerKey(text);
  if (!key) return [`${name} must hold a key as \`ccx log key\` makes it: PRIVATE+KEY+<name>+<id>+<key>`];
  if (!URL.canParse(config.PUBLIC_URL) || key.name === logOrigin(config)) return [];
  return [`${name} must be of the name ${logOrigin(config)}, as PUBLIC_URL has it, and is of ${key.name}`];
}

function givenText(config: Config, which: keyof typeof sources): string | undefined {
  const { setting, file } = sources[which];
  return config[setting]?.trim() ?? fileText(config[file]);
}

function signer(text: string): NoteSigner {
  const key = parseSignerKey(text);
  if (!key) throw new TypeError('This is not the key of a log.');
  return key;
}

/**
 * The table of settings, for flags, variables, `--help`, functions, Worker and doctor. To add a setting, add it
 * here: the compiler names each reader that lacks it. A bundle has only those that it reads as `settings.NAME`.
 */
import { parseKeyring } from './secrets/keyring.ts';
import { parseSecretUri } from './secrets/secret-uri.ts';
import {
  parseBan,
  parseLogFormat,
  parseMinutes,
  parseRate,
  parseSwitch,
  verbatim,
} from './settings-parsers.ts';
import type { Setting } from './settings-schema.ts';
import { parseStoreUri } from './stores/store-uri.ts';

export * from './deployment-settings.ts';
export * from './server-settings.ts';
export * from './upstream-settings.ts';

export const store = {
  flag: '--store <spec>',
  variable: 'LJGATE_STORE',
  parse: parseStoreUri,
  default: 'sqlite:data/ljgate.sqlite',
  help: 'sqlite:PATH, dynamodb:PREFIX[@ENDPOINT], d1:NAME[@local] or memory',
  readBy: {
    serve: 'default',
    command: 'default',
    function: 'required',
    authorizer: 'required',
    admin: 'required',
    // Without it the data is in the database that is bound to the Worker.
    worker: 'optional',
  },
} as const satisfies Setting;

export const demo = {
  flag: '--demo [switch]',
  variable: 'LJGATE_DEMO',
  parse: parseSwitch,
  choices: ['on', 'off'],
  default: 'off',
  preset: 'on',
  help: 'add demo accounts (test / test and others)',
  readBy: { serve: 'default', workerPages: 'default' },
} as const satisfies Setting;

export const log = {
  flag: '--log <format>',
  variable: 'LJGATE_LOG',
  parse: parseLogFormat,
  default: 'text',
  help: 'how each request is logged',
  choices: ['text', 'json', 'off'],
  readBy: { serve: 'default' },
} as const satisfies Setting;

export const logFile = {
  flag: '--log-file <file>',
  variable: 'LJGATE_LOG_FILE',
  parse: verbatim,
  unset: 'standard output',
  help: 'file that log lines are appended to; SIGHUP opens it again, after it was moved',
  readBy: { serve: 'optional' },
} as const satisfies Setting;

export const loginBan = {
  flag: '--login-ban <rule>',
  variable: 'LJGATE_LOGIN_BAN',
  parse: parseBan,
  default: '5/300',
  help: 'refusals/seconds that ban an account from an address; off turns off every ban',
  parameter: 'loginBan',
  readBy: { serve: 'default', bans: 'default', function: 'default', worker: 'default', admin: 'default' },
} as const satisfies Setting;

export const sweepBan = {
  flag: '--sweep-ban <rule>',
  variable: 'LJGATE_SWEEP_BAN',
  parse: parseBan,
  unset: '100/300, off with --login-ban off',
  help: 'refusals/seconds that ban an address for all accounts',
  parameter: 'sweepBan',
  readBy: {
    serve: 'optional',
    bans: 'optional',
    function: 'optional',
    worker: 'optional',
    admin: 'optional',
  },
} as const satisfies Setting;

export const accountBan = {
  flag: '--account-ban <rule>',
  variable: 'LJGATE_ACCOUNT_BAN',
  parse: parseBan,
  default: 'off',
  help: 'refusals/seconds that ban an account from everywhere: strangers can then lock its owner out',
  parameter: 'accountBan',
  readBy: { serve: 'default', bans: 'default', function: 'default', worker: 'default', admin: 'default' },
} as const satisfies Setting;

export const sessionRate = {
  flag: '--session-rate <rule>',
  variable: 'LJGATE_SESSION_RATE',
  parse: parseRate,
  default: '60/300',
  help: 'sessions/seconds that an account may ask a process for, or off',
  parameter: 'sessionRate',
  readBy: { serve: 'default', function: 'default', worker: 'default' },
} as const satisfies Setting;

export const remember = {
  flag: '--remember <minutes>',
  variable: 'LJGATE_REMEMBER',
  parse: parseMinutes,
  default: '5',
  help: 'how long a checked password is remembered in memory, or off',
  parameter: 'remember',
  readBy: { serve: 'default', function: 'default', worker: 'default' },
} as const satisfies Setting;

export const secret = {
  flag: '--secret <file>',
  variable: 'LJGATE_SECRET',
  parse: parseSecretUri,
  unset: 'beside the store, or data/root-secret.json',
  help: 'root secret, made on first run, or secretsmanager:ARN',
  readBy: { serve: 'optional', command: 'optional', function: 'required', admin: 'required' },
} as const satisfies Setting;

export const rootSecret = {
  variable: 'LJGATE_ROOT_SECRET',
  parse: parseKeyring,
  confidential: true,
  help: "the text of the root secret's file, for a Worker",
  readBy: { worker: 'required' },
} as const satisfies Setting;

/** A path; on a Worker, which has no files, the JSON itself. */
export const site = {
  flag: '--site <file>',
  variable: 'LJGATE_SITE',
  parse: verbatim,
  unset: 'stock moods and menus',
  help: "JSON file with the site's moods and menus",
  readBy: { serve: 'optional', function: 'optional', worker: 'optional' },
} as const satisfies Setting;

export const console = {
  flag: '--console <switch>',
  variable: 'LJGATE_CONSOLE',
  parse: parseSwitch,
  default: 'on',
  help: 'whether the front page has the protocol console',
  choices: ['on', 'off'],
  parameter: 'console',
  readBy: { serve: 'default', web: 'default', workerPages: 'default' },
} as const satisfies Setting;

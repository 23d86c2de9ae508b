/** The flags of `ljgate serve`; each has a variable, and each error names the one that was wrong. */
import type { Command } from 'commander';
import type { BanRule } from '../../core/bans.ts';
import {
  parseAddress,
  parseBan,
  parseLogFormat,
  parseMinutes,
  parsePort,
  parseSwitch,
  parseWorkers,
} from '../../infra/settings/parse.ts';
import type { StoreSpec } from '../../infra/store/spec.ts';
import type { LogFormat } from '../node/logger.ts';
import type { WorkerCount } from '../node/workers.ts';
import { option, secretOption, storeOption, verbatim } from './flags.ts';

/** What `ljgate serve` was told. */
export interface ServeOptions {
  readonly store: StoreSpec;
  readonly demo: boolean;
  readonly host: string;
  readonly port: number;
  readonly log: LogFormat;
  readonly loginBan: BanRule | 'off';
  readonly sweepBan?: BanRule | 'off';
  readonly remember: number;
  readonly secret?: string;
  readonly site?: string;
  readonly trustProxy?: string;
  readonly console: boolean;
  readonly workers: WorkerCount;
}

/** Adds the flags of `serve` to a command. */
export function withServeOptions(command: Command): Command {
  return command
    .addOption(storeOption())
    .addOption(
      option('--demo [switch]', 'add demo accounts (test / test and others)', 'LJGATE_DEMO', parseSwitch)
        .default(false)
        .preset('on'),
    )
    .addOption(
      option('--host <address>', 'address to listen on', 'LJGATE_HOST', parseAddress).default('127.0.0.1'),
    )
    .addOption(
      option('--port <number>', 'port to listen on; 0 picks a free one', 'LJGATE_PORT', parsePort).default(
        8080,
      ),
    )
    .addOption(option('--log <format>', 'text, json or off', 'LJGATE_LOG', parseLogFormat).default('text'))
    .addOption(
      option(
        '--login-ban <rule>',
        'refusals/seconds that ban an account from an address; off turns off every ban',
        'LJGATE_LOGIN_BAN',
        parseBan,
      ).default({ refusals: 5, seconds: 300 }, '5/300'),
    )
    .addOption(
      option(
        '--sweep-ban <rule>',
        'refusals/seconds that ban an address for all accounts (default: 100/300, off with --login-ban off)',
        'LJGATE_SWEEP_BAN',
        parseBan,
      ),
    )
    .addOption(
      option(
        '--remember <minutes>',
        'how long a checked password is remembered in memory, or off',
        'LJGATE_REMEMBER',
        parseMinutes,
      ).default(5),
    )
    .addOption(secretOption())
    .addOption(option('--site <file>', "JSON file with the site's moods and menus", 'LJGATE_SITE', verbatim))
    .addOption(
      option(
        '--trust-proxy <address>',
        'the one proxy whose X-Forwarded-For is believed',
        'LJGATE_TRUST_PROXY',
        parseAddress,
      ),
    )
    .addOption(
      option(
        '--console <switch>',
        'whether the front page has the protocol console: on or off',
        'LJGATE_CONSOLE',
        parseSwitch,
      ).default(true, 'on'),
    )
    .addOption(
      option(
        '--workers <number>',
        'processes that share the port and the store; auto is one to each core',
        'LJGATE_WORKERS',
        parseWorkers,
      ).default(1),
    );
}

/** What `ljgate serve` and the commands on a store take: the flags of their settings. */
import type { Command } from 'commander';
import * as settings from '../../infra/settings.ts';
import type { ValuesOf } from '../../infra/settings-reader.ts';
import type { Setting } from '../../infra/settings-schema.ts';
import { settingOption } from './flags.ts';

/** The options of `ljgate serve`. */
export type ServeOptions = ValuesOf<'serve'>;

/** Adds the flags of a reader's settings to a command. */
export function withSettings(command: Command, reader: 'serve' | 'command' | 'bans' | 'doctor'): Command {
  for (const setting of Object.values<Setting>(settings)) {
    if (setting.readBy[reader] && setting.flag) command.addOption(settingOption(setting));
  }
  return command;
}

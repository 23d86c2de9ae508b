/** Flags and arguments as commander takes them: each error names the flag or variable that was wrong. */
import { InvalidArgumentError, Option } from 'commander';
import { parseUsername, type Username } from '../../core/accounts/username.ts';
import type { Setting } from '../../infra/settings-schema.ts';

/** Turns a parser's error into commander's, which adds the flag or variable and what it got. */
function argument<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? `It ${error.message}.` : '');
    }
  };
}

/** The flag of a setting, with its variable and its default. */
export function settingOption({ flag, ...setting }: Setting & { readonly flag: string }): Option {
  const help = setting.unset === undefined ? setting.help : `${setting.help} (default: ${setting.unset})`;
  const option = new Option(flag, help).env(setting.variable).argParser(argument(setting.parse));
  if (setting.choices) option.argChoices = [...setting.choices];
  if (setting.default !== undefined) option.default(setting.parse(setting.default), setting.default);
  return setting.preset === undefined ? option : option.preset(setting.preset);
}

/** An account's name as an argument. */
export const accountName = argument((text: string): Username => {
  const username = parseUsername(text);
  if (username) return username;
  throw new Error('wants 1 to 25 letters, digits, hyphens or underscores');
});

/** A whole number of at least `min`. */
export function wholeNumber(min: number): (text: string) => number {
  return argument((text) => {
    const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min) return number;
    throw new Error(`wants a whole number from ${min} up`);
  });
}

/** `on` or `off`. */
export const onOff = argument((text: string): boolean => {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new Error('wants "on" or "off"');
});

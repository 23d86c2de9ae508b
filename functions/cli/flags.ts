/** Flags as commander takes them: each with a variable, each error naming what was wrong. */
import { InvalidArgumentError, Option } from 'commander';
import { parseUsername, type Username } from '../../core/username.ts';
import { parseStoreSpec } from '../../infra/store/spec.ts';

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

/** A flag with a variable. */
export function option<T>(flags: string, text: string, variable: string, parse: (text: string) => T): Option {
  return new Option(flags, text).env(variable).argParser(argument(parse));
}

/** A value that needs no parser. */
export const verbatim = (text: string): string => text;

/** Where the data is; the same for every command. */
export function storeOption(): Option {
  return option(
    '--store <spec>',
    'sqlite:PATH, dynamodb:PREFIX[@ENDPOINT], d1:NAME[@local] or memory',
    'LJGATE_STORE',
    parseStoreSpec,
  ).default(parseStoreSpec('sqlite:data/ljgate.sqlite'), 'sqlite:data/ljgate.sqlite');
}

/** Where the root secret is; the same for every command. */
export function secretOption(): Option {
  return option(
    '--secret <file>',
    'root secret, made on first run, or secretsmanager:ARN (default: beside the store, or data/root-secret.json)',
    'LJGATE_SECRET',
    verbatim,
  );
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

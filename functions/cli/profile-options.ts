/** The options that set an account's profile. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { onOff, wholeNumber } from './flags.ts';
import { UsageError } from './usage-error.ts';

/** Their values, as the command line gives them. */
export interface ProfileOptions {
  readonly fullname?: string;
  readonly message?: string;
  readonly defaultpicurl?: string;
  readonly usejournals?: string;
  readonly caps?: number;
  readonly fastserver?: boolean;
}

/** Adds them to a command. */
export function withProfile(command: Command): Command {
  return command
    .option('--fullname <text>', 'the name that clients show')
    .option('--message <text>', 'text that clients show at log-in; empty for none')
    .option('--defaultpicurl <url>', 'the default picture; empty for none')
    .option('--usejournals <names>', 'journals it may post to, separated by commas')
    .option('--caps <number>', 'capabilities', wholeNumber(0))
    .option('--fastserver <switch>', 'on or off', onOff);
}

/** The fields that they set, named as in an import. */
export function profileOf(options: ProfileOptions): Record<string, unknown> {
  const { fullname, message, defaultpicurl, usejournals, caps, fastserver } = options;
  const journals = usejournals?.split(',').map((name) => name.trim());
  const fields = { fullname, message, defaultpicurl, caps, fastserver };
  const all = { ...fields, usejournals: journals?.filter((name) => name !== '') };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/**
 * The fields in a file, `-` for standard input; none without a file.
 * @throws {UsageError}
 */
export async function fieldsIn(file: string | undefined): Promise<object> {
  if (file === undefined) return {};
  const json = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8')).catch((cause: Error) => {
    throw new UsageError(`--fields: ${file} cannot be read (${cause.message})`);
  });
  try {
    const fields: unknown = JSON.parse(json);
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return fields;
  } catch {
    // The error below does not quote the text, which may contain a secret.
  }
  throw new UsageError(`--fields: ${file} is not a JSON object`);
}

/** A D1 database from outside of any Worker, for the command line: through `wrangler d1 execute`. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import pLimit from 'p-limit';
import * as v from 'valibot';
import type { AccountWrite, WriteOutcome } from '../../core/administration.ts';
import { StoreFailed, StoreUnavailable } from '../../core/ports.ts';
import { d1Store, translated } from './d1.ts';
import { decode } from './decode.ts';
import type { OpenStore } from './open-store.ts';
import type { Rows, Statement } from './sql/driver.ts';
import { inlined } from './sql/literals.ts';

/** Which database. */
export interface WranglerOptions {
  /** As Cloudflare calls it, or as its binding is called in wrangler's configuration. */
  readonly name: string;
  /** The one of `wrangler dev` on this machine. */
  readonly local: boolean;
  /** Where wrangler looks for its configuration; default: the working directory. */
  readonly folder?: string;
}

/** Bytes of one command: D1 takes statements of 100 KB. */
const longest = 120_000;

/** Bytes of accounts that go into one command, which is somewhat longer. */
const mostWritten = 90_000;

/** Opens the store. Each list of statements is a process, a second or more: nothing to serve from. */
export function openD1ByWrangler(options: WranglerOptions): OpenStore {
  const inTurn = pLimit(1);
  const run = async (statements: readonly Statement[]) =>
    statements.length === 0 ? [] : inTurn(() => execute(options, statements));
  const store = d1Store({ read: run, write: run }, `d1:${options.name}${options.local ? '@local' : ''}`);
  const { accounts } = store.admin;
  return {
    ...store,
    admin: {
      ...store.admin,
      accounts: {
        ...accounts,
        // Each write is for itself, so that a long list can be several commands.
        async write(writes) {
          const outcomes: WriteOutcome[] = [];
          for (const part of inParts(writes)) outcomes.push(...(await accounts.write(part)));
          return outcomes;
        },
      },
    },
  };
}

function inParts(writes: readonly AccountWrite[]): AccountWrite[][] {
  const parts: AccountWrite[][] = [];
  let room = 0;
  for (const write of writes) {
    const size = 500 + Buffer.byteLength(JSON.stringify(write).replaceAll("'", "''"));
    if (size > room || parts.length === 0) {
      parts.push([]);
      room = mostWritten;
    }
    parts.at(-1)?.push(write);
    room -= size;
  }
  return parts;
}

const answer = v.array(v.object({ results: v.array(v.record(v.string(), v.unknown())) }));

/** One command is one transaction, in wrangler's own database and through Cloudflare's interface alike. */
async function execute(options: WranglerOptions, statements: readonly Statement[]): Promise<Rows> {
  const sql = statements.map(inlined).join(';\n');
  if (Buffer.byteLength(sql) > longest) throw new StoreFailed('D1: too much for one command of wrangler');
  const results = decode(answer, await ask(options, sql), "wrangler's answer");
  if (results.length !== statements.length) throw new StoreFailed('D1: wrangler counted other statements');
  return results.map((result) => result.results);
}

/**
 * Takes wrangler's arguments from standard input: the machine's other users can read those of a
 * process, and these hold password hashes. Nor has a pipe the length of arguments.
 */
const launcher = `
  process.argv.splice(1, Infinity, ...JSON.parse(require('node:fs').readFileSync(0, 'utf8')));
  require('node:module').runMain();`;

async function ask({ name, local, folder }: WranglerOptions, sql: string): Promise<unknown> {
  const where = local ? '--local' : '--remote';
  const args = [wranglerHere(), 'd1', 'execute', name, where, '--json', `--command=${sql}`];
  const { promise, resolve } = Promise.withResolvers<readonly [Error | null, string, string]>();
  const child = execFile(
    process.execPath,
    ['--no-warnings', '-e', launcher],
    {
      maxBuffer: 1024 * 1024 * 1024,
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_WRITE_LOGS: 'false' },
      ...(folder !== undefined && { cwd: folder }),
    },
    (error, stdout, stderr) => resolve([error, stdout, stderr]),
  );
  // A process that ends early says why by itself.
  child.stdin?.on('error', () => {}).end(JSON.stringify(args));
  const [error, stdout, stderr] = await promise;
  const json = parsed(stdout);
  if (!error && json !== undefined) return json;
  throw translated(
    new Error(complaintIn(json) ?? (stderr.trim() || stdout.trim() || 'wrangler said nothing')),
  );
}

/** wrangler's own program, without the process that the one in its `bin` puts before it. */
function wranglerHere(): string {
  try {
    return createRequire(import.meta.url).resolve('wrangler');
  } catch (cause) {
    throw new StoreUnavailable('D1: wrangler is not installed here', { cause });
  }
}

/** What is printed before the JSON are notices. */
function parsed(stdout: string): unknown {
  try {
    return JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
  } catch {
    return undefined;
  }
}

const complaint = v.object({
  error: v.object({ text: v.string(), notes: v.optional(v.array(v.object({ text: v.string() })), []) }),
});

function complaintIn(json: unknown): string | undefined {
  const result = v.safeParse(complaint, json);
  if (!result.success) return undefined;
  const { text, notes } = result.output.error;
  return [text, ...notes.map((note) => note.text)].join(' ');
}

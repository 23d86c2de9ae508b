/** How much is measured in this run, and whom to tell how it goes. */
import { canRunLambda } from '../support/packaged.ts';
import { requireProgram } from '../support/requirements.ts';
import type { Options } from './options.ts';

/** A run's plan. */
export interface Plan {
  readonly quick: boolean;
  /** Rounds that count; medians are taken over them. */
  readonly rounds: number;
  /** Rounds of starting functions. */
  readonly starts: number;
  /** How long a wave of load lasts, in ms. */
  readonly waveMs: number;
  /** How long a codec is measured at a time, in ms. */
  readonly codecMs: number;
  /** Passwords that are checked in a wave of never seen ones. */
  readonly passwords: number;
  /** Whether other people's servers are measured too, and Python's parser. */
  readonly peers: boolean;
  /** Whether a kind of work is to be done. */
  wants(work: string): boolean;
  /** Tells what is being done. */
  say(what: string): void;
  /** What could not be measured here, and why. */
  readonly skipped: readonly string[];
  skip(what: string): void;
  /** What a part needs and this machine lacks. */
  missing(part: string): string | undefined;
}

/** The plan for what was asked for. */
export function planOf({ quick, rounds = quick ? 3 : 12, work = '' }: Options): Plan {
  const skipped: string[] = [];
  return {
    quick,
    rounds,
    starts: quick ? 3 * rounds : 15,
    waveMs: quick ? 500 : 350,
    codecMs: quick ? 150 : 300,
    passwords: 40,
    peers: !quick,
    wants: (name) => name.includes(work),
    say,
    skipped,
    skip(what) {
      if (skipped.includes(what)) return;
      skipped.push(what);
      say(`skipped ${what}`);
    },
    missing(part) {
      if ((part.startsWith('start') || part === 'billed') && !canRunLambda())
        return "AWS's runtime client needs Linux, CMake, g++, make and xz";
      if (part === 'memory' && process.platform !== 'linux') return 'only Linux says what a process holds';
      if (['dynamodb', 'billed', 'start-tricks'].includes(part) && !requireProgram('java'))
        return 'the emulator needs Java';
      return undefined;
    },
  };
}

/** On a terminal one line that changes, else a line each. */
function say(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what}`);
  else if (what !== '') process.stderr.write(`${what}\n`);
}

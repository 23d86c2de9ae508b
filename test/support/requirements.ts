/** Programs beside Node that some tests run against. */
import { spawnSync } from 'node:child_process';

/** Programs that do not know `--version`. */
const asking: Readonly<Record<string, string>> = { nginx: '-v' };

const known = new Map<string, boolean>();

/**
 * Whether a program is there and, where `probe` is given, runs with these arguments: that tells
 * whether a module is there. On a person's machine the tests that need it are skipped by name;
 * under `CI=true` nothing may be skipped in silence.
 * @example describe.skipIf(!requireProgram('perl'))('LJ::Simple, on perl', …)
 * @throws {Error} under CI when the program is missing
 */
export function requireProgram(name: string, ...probe: readonly string[]): boolean {
  return hasProgram(name, ...probe) || optional(`the program ${[name, ...probe].join(' ')}`);
}

/** The same of a program that no package of Debian's has: where it is missing, tests are skipped under CI, too. */
export function hasProgram(name: string, ...probe: readonly string[]): boolean {
  const command = [name, ...probe].join(' ');
  const args = probe.length > 0 ? probe : [asking[name] ?? '--version'];
  const there = known.get(command) ?? spawnSync(name, args).status === 0;
  known.set(command, there);
  return there;
}

/**
 * Says that something tests need is missing: `false` on a person's machine.
 * @throws {Error} under CI
 */
function optional(what: string): false {
  if (process.env['CI'] === 'true') throw new Error(`${what} is missing, and CI skips no test`);
  return false;
}

/** What becomes of the lines of an import: each is held against the store, written, and has an outcome. */
import { type UserId, userIdOf } from '../../core/accounts/account.ts';
import type { AccountWrite, StoredAccount, WriteOutcome } from '../../core/accounts/administration.ts';
import { createAccount } from '../../core/accounts/create-account.ts';
import { StoreFailed } from '../../core/failures.ts';
import { noUserid } from './account-operations.ts';
import type { Entry, RefusedLine } from './import-entry.ts';
import { type PlanPorts, planUpdate } from './import-plan.ts';
import { type Operator, secondsOf } from './operator-context.ts';

/** What to do about accounts that are there and differ. */
export const conflictRules = ['skip', 'update', 'fail'] as const;
export type ConflictRule = (typeof conflictRules)[number];

/** How lines are imported. */
export interface LineOptions {
  readonly onConflict: ConflictRule;
  /** Says what would be done, and does nothing. */
  readonly dryRun: boolean;
}

/** What became of a line. `skipped`: its account is there, differs, and was left as it is. */
export type LineOutcome =
  | { readonly outcome: 'added' | 'updated' | 'unchanged' | 'skipped' }
  | ({ readonly outcome: 'refused' } & RefusedLine);

/** What the import does with a line: a write, or nothing. */
type PlannedLine =
  | { readonly entry: Entry; readonly write: AccountWrite }
  | { readonly entry: Entry; readonly outcome: LineOutcome };

/** Imports lines of different accounts, many at a time. */
export interface Importer {
  /** Compares lines with the store, and hashes the passwords that it will write. */
  plan(entries: readonly Entry[]): Promise<readonly PlannedLine[]>;
  /** Writes what was planned; a line whose account was changed meanwhile is planned again. */
  write(planned: readonly PlannedLine[]): Promise<readonly LineOutcome[]>;
}

/** Attempts at a line whose account others write at the same time. */
const attempts = 20;

/** Builds an importer. */
export function createImporter(operator: Operator, { onConflict, dryRun }: LineOptions): Importer {
  const { accounts } = operator.store.admin;
  let unlocking: Promise<PlanPorts> | undefined;
  let reserved = 0;

  function planPorts(): Promise<PlanPorts> {
    unlocking ??= operator
      .unlock()
      .then((unlocked) => ({ ...unlocked, random: operator.random, now: secondsOf(operator) }));
    return unlocking;
  }

  /** Numbers for new accounts whose lines give none, in the order of the lines. */
  async function userids(entries: readonly Entry[], there: (entry: Entry) => StoredAccount | undefined) {
    const wanting = entries.map((entry) => entry.line.userid === undefined && !there(entry));
    const count = wanting.filter(Boolean).length;
    let next: number | undefined = count === 0 || dryRun ? 1 : await accounts.allotUserids(count);
    return entries.map(({ line }, i) => {
      if (!wanting[i] || next === undefined) return line.userid;
      return userIdOf(next++);
    });
  }

  async function planNew(entry: Entry, userid: UserId | undefined): Promise<PlannedLine> {
    if (userid === undefined) return refused(entry, `userid: ${noUserid}`);
    // A dry run hashes nothing.
    const { password: _, passwordMd5: __, ...bare } = entry.line;
    const ports = { ...operator, ...(await planPorts()) };
    const account = await createAccount(dryRun ? bare : entry.line, ports, userid);
    const oversize = accounts.oversize(account);
    return oversize ? refused(entry, oversize) : { entry, write: { kind: 'add', account } };
  }

  async function planChange(entry: Entry, from: StoredAccount): Promise<PlannedLine> {
    const over = await planUpdate(from.account, entry, await planPorts());
    if (over.kind === 'same') return { entry, outcome: { outcome: 'unchanged' } };
    if (onConflict === 'skip') return { entry, outcome: { outcome: 'skipped' } };
    if (over.kind === 'impossible') return refused(entry, over.reason);
    if (onConflict === 'fail') {
      const { username } = entry.line;
      return refused(entry, `account "${username}" is there with another ${over.fields.join(', ')}`);
    }
    const oversize = accounts.oversize(over.profile);
    if (oversize) return refused(entry, oversize);
    const to = dryRun ? over.profile : await over.make();
    return { entry, write: { kind: 'change', from, to } };
  }

  /** When the store refuses a list of writes, each of them by itself tells which it does not take. */
  async function written(writes: readonly AccountWrite[]): Promise<readonly (WriteOutcome | StoreFailed)[]> {
    try {
      return await accounts.write(writes);
    } catch (error) {
      if (!(error instanceof StoreFailed)) throw error;
      const outcomes: (WriteOutcome | StoreFailed)[] = [];
      for (const write of writes) outcomes.push(...(await accounts.write([write]).catch(onlyFailed)));
      if (writes.length > 1 && outcomes.every((outcome) => outcome instanceof StoreFailed)) throw error;
      return outcomes;
    }
  }

  /** Numbers that are allotted must lie above those that lines give. */
  async function reserve(lines: readonly { readonly entry: Entry }[]): Promise<void> {
    const highest = Math.max(0, ...lines.map(({ entry }) => entry.line.userid ?? 0));
    if (highest <= reserved) return;
    await accounts.reserveUserids(userIdOf(highest));
    reserved = highest;
  }

  const importer: Importer = {
    async plan(entries) {
      if (entries.length === 0) return [];
      const read = await accounts.read(entries.map(({ line }) => line.username));
      const there = ({ line }: Entry) => read.get(line.username);
      const numbers = await userids(entries, there);
      return Promise.all(
        entries.map((entry, i) => {
          const from = there(entry);
          return from ? planChange(entry, from) : planNew(entry, numbers[i]);
        }),
      );
    },

    async write(planned) {
      const outcomes: LineOutcome[] = [];
      let left = planned;
      for (let attempt = 0; left.length > 0; attempt++) {
        outcomes.push(...left.flatMap((line) => ('outcome' in line ? [line.outcome] : [])));
        const due = left.filter((line) => 'write' in line);
        if (dryRun) return [...outcomes, ...due.map(({ write }) => doneOf(write))];
        const results = due.length === 0 ? [] : await written(due.map(({ write }) => write));
        const again: Entry[] = [];
        for (const [i, { entry, write }] of due.entries()) {
          const result = results[i] ?? 'conflict';
          const reason = reasonAgainst(result, entry, attempt);
          if (result === 'done') outcomes.push(doneOf(write));
          else if (reason === undefined) again.push(entry);
          else outcomes.push(refused(entry, reason).outcome);
        }
        await reserve(due);
        left = await importer.plan(again);
      }
      return outcomes;
    },
  };
  return importer;
}

function refused(entry: Entry, reason: string) {
  return { entry, outcome: { outcome: 'refused', number: entry.number, reason } } as const;
}

function doneOf({ kind }: AccountWrite): LineOutcome {
  return { outcome: kind === 'add' ? 'added' : 'updated' };
}

function onlyFailed(error: unknown): readonly StoreFailed[] {
  if (error instanceof StoreFailed) return [error];
  throw error;
}

/** Why a line that was not written is refused; `undefined`: it may be tried again. */
function reasonAgainst(
  result: WriteOutcome | StoreFailed,
  { line }: Entry,
  attempt: number,
): string | undefined {
  if (result instanceof StoreFailed) return `the store does not take it (${result.message})`;
  if (result === 'useridTaken' && line.userid !== undefined) {
    return `userid: ${line.userid} belongs to another account`;
  }
  return attempt < attempts ? undefined : 'the account was changed by others all the while';
}

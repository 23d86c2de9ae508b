/**
 * Brings accounts in from JSON Lines: a stream of any length in flat memory. What it counts as done
 * is on the disk, and what is so already costs a read: run again after an interruption, it goes on
 * where it was.
 */
import type { UserId } from '../../core/account.ts';
import type { AccountWrite, KeptAccount } from '../../core/administration.ts';
import { enrol } from '../../core/enrolment.ts';
import type { Username } from '../../core/username.ts';
import { type Batch, batchesOf } from './import-batches.ts';
import type { Entry, RefusedLine } from './import-entry.ts';
import { overlay, type PlanPorts } from './import-plan.ts';
import { type Operator, secondsOf } from './operator.ts';

/** What to do about accounts that are there and differ. */
export const conflictRules = ['skip', 'update', 'fail'] as const;
export type ConflictRule = (typeof conflictRules)[number];

/** How far an import is; `bytes` of its stream. */
export interface ImportCounts {
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly bytes: number;
}

/** How to import. */
export interface ImportOptions {
  readonly onConflict: ConflictRule;
  /** Says what would be done, and does nothing. */
  readonly dryRun: boolean;
  /** Ends it after the lines that are under way. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (counts: ImportCounts) => void;
  readonly onRefused?: (line: RefusedLine) => void;
}

/** A line that is ready to be written. */
interface Ready {
  readonly entry: Entry;
  readonly write: AccountWrite;
}

type Tally = { -readonly [Count in keyof ImportCounts]: number };

/**
 * Imports a stream. One batch is hashed while the one before it is written.
 * @throws {StoreUnavailable | StoreFailed} what was counted until then is done
 */
export async function importAccounts(
  operator: Operator,
  chunks: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<ImportCounts> {
  const tally: Tally = { added: 0, updated: 0, unchanged: 0, refused: 0, bytes: 0 };
  const work = new ImportWork(operator, options, tally);
  let writing: Promise<void> = Promise.resolve();
  for await (const batch of batchesOf(chunks)) {
    const preparing = work.prepare(batch.entries);
    const [ready] = await Promise.all([preparing, writing]);
    writing = work.finish(batch, ready);
    // Awaited in the next round; without a handler until then, a failure would end the process.
    writing.catch(() => {});
    if (options.signal?.aborted) break;
  }
  await writing;
  return tally;
}

class ImportWork {
  readonly #operator: Operator;
  readonly #options: ImportOptions;
  readonly #tally: Tally;
  #ports: PlanPorts | undefined;
  #reserved = 0;

  constructor(operator: Operator, options: ImportOptions, tally: Tally) {
    this.#operator = operator;
    this.#options = options;
    this.#tally = tally;
  }

  /** Holds lines against the store, and hashes what is to be written. */
  async prepare(entries: readonly Entry[]): Promise<readonly Ready[]> {
    if (entries.length === 0) return [];
    const { accounts } = this.#operator.store.admin;
    const there = await accounts.read(entries.map(({ line }) => line.username));
    const numbers = await this.#numbers(entries, there);
    const ready = await Promise.all(
      entries.map((entry, i) => this.#plan(entry, there.get(entry.line.username), numbers[i])),
    );
    return ready.filter((each) => each !== undefined);
  }

  /** Writes what is ready, and only then counts the batch. */
  async finish(batch: Batch, ready: readonly Ready[]): Promise<void> {
    for (const line of batch.refused) this.#refuse(line.number, line.reason);
    await this.#write(ready);
    this.#tally.bytes = batch.end;
    this.#options.onProgress?.({ ...this.#tally });
  }

  async #write(ready: readonly Ready[]): Promise<void> {
    const { accounts } = this.#operator.store.admin;
    let left = ready;
    for (let attempt = 0; left.length > 0; attempt++) {
      if (this.#options.dryRun) {
        for (const { write } of left) this.#count(write);
        return;
      }
      const writes = left.map(({ write }) => write);
      const outcomes = await accounts.write(writes);
      const again: Entry[] = [];
      for (const [i, { entry, write }] of left.entries()) {
        const { userid } = entry.line;
        if (outcomes[i] === 'done') this.#count(write);
        else if (outcomes[i] === 'useridTaken' && userid !== undefined) {
          this.#refuse(entry.number, `userid: ${userid} belongs to another account`);
        } else if (attempt < 20) again.push(entry);
        else this.#refuse(entry.number, 'the account was changed by others all the while');
      }
      await this.#reserve(left);
      left = await this.prepare(again);
    }
  }

  /** Numbers for new accounts whose lines give none, in the order of the lines. */
  async #numbers(
    entries: readonly Entry[],
    there: ReadonlyMap<Username, KeptAccount>,
  ): Promise<readonly UserId[]> {
    const wanting = entries.map(({ line }) => line.userid === undefined && !there.has(line.username));
    const count = wanting.filter(Boolean).length;
    const { accounts } = this.#operator.store.admin;
    let next: number = count === 0 || this.#options.dryRun ? 1 : await accounts.allotUserids(count);
    return entries.map(({ line }, i) => line.userid ?? ((wanting[i] ? next++ : 1) as UserId));
  }

  /** Keeps numbers that are allotted above those that are given. */
  async #reserve(ready: readonly Ready[]): Promise<void> {
    const highest = Math.max(0, ...ready.map(({ entry }) => entry.line.userid ?? 0));
    if (highest <= this.#reserved) return;
    await this.#operator.store.admin.accounts.reserveUserids(highest as UserId);
    this.#reserved = highest;
  }

  async #plan(
    entry: Entry,
    there: KeptAccount | undefined,
    userid = 1 as UserId,
  ): Promise<Ready | undefined> {
    const { onConflict, dryRun } = this.#options;
    if (!there) return { entry, write: { kind: 'add', account: await this.#enrol(entry, userid) } };
    if (onConflict === 'skip') {
      this.#tally.unchanged++;
      return undefined;
    }
    const over = await overlay(there.account, entry, await this.#planPorts());
    if (over.kind === 'same') {
      this.#tally.unchanged++;
      return undefined;
    }
    if (over.kind === 'impossible') {
      this.#refuse(entry.number, over.reason);
      return undefined;
    }
    if (onConflict === 'fail') {
      this.#refuse(
        entry.number,
        `account "${entry.line.username}" is there with another ${over.fields.join(', ')}`,
      );
      return undefined;
    }
    const to = dryRun ? there.account : await over.make();
    return { entry, write: { kind: 'change', from: there, to } };
  }

  /** A dry run hashes nothing. */
  async #enrol({ line }: Entry, userid: UserId) {
    const { password: _, passwordMd5: __, ...bare } = line;
    const ports = { ...this.#operator, ...(await this.#planPorts()) };
    return enrol(this.#options.dryRun ? bare : line, ports, userid);
  }

  async #planPorts(): Promise<PlanPorts> {
    this.#ports ??= {
      ...(await this.#operator.unlock()),
      random: this.#operator.random,
      now: secondsOf(this.#operator),
    };
    return this.#ports;
  }

  #count({ kind }: AccountWrite): void {
    if (kind === 'add') this.#tally.added++;
    else this.#tally.updated++;
  }

  #refuse(number: number, reason: string): void {
    this.#tally.refused++;
    this.#options.onRefused?.({ number, reason });
  }
}

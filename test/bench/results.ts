/** Everything that a run found out. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { arch, availableParallelism, loadavg, platform } from 'node:os';
import { join } from 'node:path';
import type { Billed } from './billed.ts';
import type { CodecRow } from './codecs.ts';
import type { DynamodbRow } from './dynamodb.ts';
import type { GrowthRow } from './growth.ts';
import type { LatencyRow } from './latency.ts';
import type { MemoryRow } from './memory.ts';
import { benchFolder, removeFolder } from './processes.ts';
import type { RelayRow } from './relay.ts';
import type { SizeRow, StartRow } from './start.ts';
import type { StartTrickRow } from './start-tricks.ts';
import { median } from './statistics.ts';
import type { TrickRow } from './tricks.ts';
import type { WorkRow } from './work.ts';
import type { WorkerStart } from './worker-start.ts';

/** A run's results; parts that were not asked for, or could not be measured here, are missing. */
export interface Results {
  readonly machine: Machine;
  readonly rounds: number;
  readonly skipped: readonly string[];
  readonly work?: readonly WorkRow[];
  readonly latency?: readonly LatencyRow[];
  readonly relay?: readonly RelayRow[];
  readonly codecs?: readonly CodecRow[];
  readonly tricks?: readonly TrickRow[];
  readonly starts?: readonly StartRow[];
  readonly sizes?: readonly SizeRow[];
  readonly workerStart?: WorkerStart;
  readonly startTricks?: readonly StartTrickRow[];
  readonly growth?: readonly GrowthRow[];
  readonly memory?: readonly MemoryRow[];
  readonly dynamodb?: readonly DynamodbRow[];
  readonly billed?: Billed;
}

/** What the numbers were taken on. */
export interface Machine {
  readonly system: string;
  readonly cores: number;
  readonly node: string;
  /** Processes that wanted a core when the run began: above 0.5 or so, others were at work. */
  readonly load: number;
  /** Ms that the disk takes to keep a page for good: no write is acknowledged sooner. */
  readonly flushMs: number;
}

/** This machine, without its name. */
export function machine(): Machine {
  return {
    system: `${platform()} ${arch()}`,
    cores: availableParallelism(),
    node: process.versions.node,
    load: loadavg()[0] ?? 0,
    flushMs: flushTime(),
  };
}

function flushTime(): number {
  const folder = benchFolder();
  const file = openSync(join(folder, 'flush'), 'w');
  const page = Buffer.alloc(4096, 'x');
  const times = Array.from({ length: 50 }, () => {
    const start = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    return performance.now() - start;
  });
  closeSync(file);
  removeFolder(folder);
  return median(times);
}

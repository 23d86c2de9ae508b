/** Everything that a run found out. */
import { arch, availableParallelism, loadavg, platform } from 'node:os';
import type { CodecRow } from './codecs.ts';
import type { DynamodbRow } from './dynamodb.ts';
import type { GrowthRow } from './growth.ts';
import type { SizeRow, StartRow } from './start.ts';
import type { WorkRow } from './work.ts';

/** A run's results; parts that were not asked for, or could not be measured here, are missing. */
export interface Results {
  readonly machine: Machine;
  readonly rounds: number;
  readonly skipped: readonly string[];
  readonly work?: readonly WorkRow[];
  readonly codecs?: readonly CodecRow[];
  readonly starts?: readonly StartRow[];
  readonly sizes?: readonly SizeRow[];
  readonly growth?: readonly GrowthRow[];
  readonly dynamodb?: readonly DynamodbRow[];
}

/** What the numbers were taken on. */
export interface Machine {
  readonly system: string;
  readonly cores: number;
  readonly node: string;
  /** Processes that wanted a core when the run began: above 0.5 or so, others were at work. */
  readonly load: number;
}

/** This machine, without its name. */
export function machine(): Machine {
  return {
    system: `${platform()} ${arch()}`,
    cores: availableParallelism(),
    node: process.versions.node,
    load: loadavg()[0] ?? 0,
  };
}

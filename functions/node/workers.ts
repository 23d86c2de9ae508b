/**
 * Several processes behind one port, for machines with cores to spare: each is a whole server, and the
 * store is what they share. What a process remembers, it remembers alone.
 */
import cluster, { type Worker } from 'node:cluster';
import { availableParallelism } from 'node:os';
import type { LineLogger } from '../http/log.ts';

/** `auto` is a worker for each core. */
export type WorkerCount = number | 'auto';

/** How many processes that makes here. */
export function countWorkers(count: WorkerCount): number {
  return count === 'auto' ? availableParallelism() : count;
}

/** Whether this process is to serve by others. */
export function isSupervisor(count: WorkerCount): boolean {
  return cluster.isPrimary && countWorkers(count) > 1;
}

/** Whether this process speaks for all that serve: alone, or the first of several. */
export function isFirst(): boolean {
  return cluster.isPrimary || cluster.worker?.id === 1;
}

/**
 * Starts the workers, replaces those that die, and ends when all have ended after a signal. A worker that
 * dies before any listens has told why, and ends all.
 */
export function superviseWorkers(count: number, logger: LineLogger): void {
  // The kernel hands connections out; passing them on from here costs as much as answering them.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  let listening = false;
  let ending = false;
  cluster.on('listening', ({ process: { pid } }: Worker) => {
    listening = true;
    logger.info({ pid }, `worker ${pid} listens`);
  });
  cluster.on('exit', ({ process: { pid } }: Worker, code: number, signal: string | null) => {
    if (!ending && !listening) {
      ending = true;
      process.exitCode = code || 1;
      endAll();
    } else if (!ending) {
      logger.error({ pid, code, signal }, `worker ${pid} ended, another takes its place`);
      cluster.fork();
    }
  });
  const end = () => {
    if (ending) process.exit(1);
    ending = true;
    endAll();
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  for (let i = 0; i < count; i++) cluster.fork();
}

function endAll(): void {
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM');
}

/**
 * Several processes on one port, for machines with many cores. Each is a complete server. They share the store, and
 * nothing in memory.
 */
import cluster, { type Worker } from 'node:cluster';
import { availableParallelism } from 'node:os';
import type { ServerLogger } from './logger.ts';
import { onSignals } from './signals.ts';

/** EX_TEMPFAIL: all workers end, and a service manager is to start the process again. */
export const exitForRestart = 75;

/** `auto` is a worker for each core. */
export type WorkerCount = number | 'auto';

/** The number of processes on this machine. */
export function countWorkers(count: WorkerCount): number {
  return count === 'auto' ? availableParallelism() : count;
}

/** Whether this process only starts workers, and serves nothing itself. */
export function isSupervisor(count: WorkerCount): boolean {
  return cluster.isPrimary && countWorkers(count) > 1;
}

/** Whether this process does what is done once: it is alone, or the first worker. */
export function isFirst(): boolean {
  return cluster.isPrimary || cluster.worker?.id === 1;
}

/**
 * Starts the workers, replaces those that die, and ends after a signal when all have ended. All workers end when
 * one dies before any listens (it has logged why), or when one reports that the shared store failed.
 */
export function superviseWorkers(count: number, logger: ServerLogger): void {
  // The kernel distributes the connections: passing them on from here would cost as much as answering them.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  let listening = false;
  let ending = false;
  cluster.on('listening', ({ process: { pid } }: Worker) => {
    listening = true;
    logger.info({ pid }, `worker ${pid} listens`);
  });
  cluster.on('exit', ({ process: { pid } }: Worker, code: number, signal: string | null) => {
    if (!ending && (!listening || code === exitForRestart)) {
      ending = true;
      process.exitCode = code || 1;
      signalAll('SIGTERM');
    } else if (!ending) {
      logger.error({ pid, code, signal }, `worker ${pid} ended, another takes its place`);
      cluster.fork();
    }
  });
  onSignals({
    end() {
      ending = true;
      signalAll('SIGTERM');
    },
    reopen() {
      logger.reopen();
      signalAll('SIGHUP');
    },
  });
  for (let i = 0; i < count; i++) cluster.fork();
}

function signalAll(signal: 'SIGTERM' | 'SIGHUP'): void {
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal);
}

/** SQLite's checkpoints, in a thread of their own: on the main thread each would delay every request. */
import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CheckpointReport, CheckpointRequest } from './checkpoint-thread.ts';

/** Statements between two checks of the log. A statement changes a few pages, so this is some megabytes. */
const lookEvery = 256;

/** Milliseconds from a write until the database itself has it, and not the log alone. */
const copyAfterMs = 30_000;
/** A source in a clone, built in the package. */
const file = new URL(`./checkpoint-thread${extname(import.meta.url)}`, import.meta.url);

/** The checkpoints of one database. */
export interface Checkpoints {
  /** Call this after each commit with the number of its statements. */
  wrote(statements: number): void;
  /** Ends the thread. */
  close(): Promise<void>;
}

/** Called on errors. */
export interface CheckpointOptions {
  /** A flush failed. */
  readonly onFailedFlush: (error: Error) => void;
  /** The thread has ended unexpectedly, so there are no more checkpoints. */
  readonly onEnd: () => void;
  /** See `copyAfterMs`. */
  readonly copyAfter?: number | undefined;
}

/** `path`: the database's file. The thread starts after `lookEvery` statements, or `copyAfterMs` after the first. */
export function checkpoints(
  path: string,
  { onFailedFlush, onEnd, copyAfter = copyAfterMs }: CheckpointOptions,
): Checkpoints {
  let copying: NodeJS.Timeout | undefined;
  let thread: Worker | undefined;
  let isOver = false;
  let statements = 0;

  function start(): Worker {
    const worker = new Worker(file, { workerData: path });
    worker.unref();
    worker.on('message', ({ failedFlush }: CheckpointReport) => onFailedFlush(new Error(failedFlush)));
    // The event "exit" follows, and handles the end of the thread.
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      thread = undefined;
      if (!isOver) onEnd();
      isOver = true;
    });
    return worker;
  }

  function ask(request: CheckpointRequest): void {
    if (isOver) return;
    thread ??= start();
    thread.postMessage(request);
  }

  function copyLater(): void {
    copying ??= setTimeout(() => {
      copying = undefined;
      ask('copy');
    }, copyAfter).unref();
  }

  return {
    wrote(count) {
      if (isOver) return;
      copyLater();
      statements += count;
      if (statements < lookEvery) return;
      statements = 0;
      ask('look');
    },
    async close() {
      isOver = true;
      clearTimeout(copying);
      if (!thread) return;
      const ended = once(thread, 'exit');
      thread.postMessage('close' satisfies CheckpointRequest);
      thread.ref();
      await ended;
    },
  };
}

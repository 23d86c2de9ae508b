/**
 * Loaded into a server beside its own code (`--import`): tells a test over IPC what the process holds.
 * Nothing of the product knows of it.
 */
import { readdirSync } from 'node:fs';
import { getPriority } from 'node:os';

/** What a process holds. Sizes in bytes. */
export interface Holdings {
  /** After collecting garbage. */
  readonly heap: number;
  readonly resident: number;
  /** Handles that keep the event loop alive: sockets, timers, requests. */
  readonly handles: number;
  /** Open files and sockets; 0 where the system does not list them. */
  readonly files: number;
  /** Nice value of the main thread and of libuv's threads; `undefined` where threads have none of their own. */
  readonly nice: readonly [number, number] | undefined;
}

function listed(path: string): string[] {
  return process.platform === 'linux' ? readdirSync(path) : [];
}

function holdings(): Holdings {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const nice = listed('/proc/self/task').map((id) => getPriority(Number(id)));
  return {
    heap: heapUsed,
    resident: rss,
    handles: process.getActiveResourcesInfo().length,
    files: listed('/proc/self/fd').length,
    nice: nice.length > 0 ? [getPriority(process.pid), Math.max(...nice)] : undefined,
  };
}

process.on('message', () => process.send?.(holdings()));
// Being asked is no reason to stay alive.
process.channel?.unref();

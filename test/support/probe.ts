/**
 * Loaded into a server beside its own code (`--import`): tells a test over IPC what the process holds.
 * Nothing of the product knows of it.
 */
import { readdirSync, readFileSync } from 'node:fs';
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
  /**
   * Nice values of the main thread, of libuv's threads (which flush) and of the one with the lowest priority;
   * `undefined` where threads have none of their own.
   */
  readonly nice: { readonly main: number; readonly libuv: number; readonly lowest: number } | undefined;
}

function listed(path: string): string[] {
  return process.platform === 'linux' ? readdirSync(path) : [];
}

function niceValues(): Holdings['nice'] {
  const threads = listed('/proc/self/task').map((id) => ({
    nice: getPriority(Number(id)),
    isLibuv: readFileSync(`/proc/self/task/${id}/comm`, 'utf8').startsWith('libuv-worker'),
  }));
  if (threads.length === 0) return undefined;
  const most = (some: typeof threads) => Math.max(...some.map(({ nice }) => nice));
  const libuv = threads.filter(({ isLibuv }) => isLibuv);
  return { main: getPriority(process.pid), libuv: most(libuv), lowest: most(threads) };
}

function holdings(): Holdings {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return {
    heap: heapUsed,
    resident: rss,
    handles: process.getActiveResourcesInfo().length,
    files: listed('/proc/self/fd').length,
    nice: niceValues(),
  };
}

process.on('message', () => process.send?.(holdings()));
// Being asked is no reason to stay alive.
process.channel?.unref();

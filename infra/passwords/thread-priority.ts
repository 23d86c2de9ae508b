/** Keeps password hashing from delaying the event loop when all cores are busy. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { setPriority } from 'node:os';

/** Nice value. On a busy core, hashing gets a seventieth of the event loop's processor time. */
const lower = 19;

/**
 * Lowers the priority of libuv's threads, which hash. This works only on Linux, where each thread has a priority and
 * `setPriority` accepts a thread's id; elsewhere it does nothing.
 * @see https://man7.org/linux/man-pages/man2/setpriority.2.html BUGS
 */
export async function hashInBackground(): Promise<void> {
  if (process.platform !== 'linux') return;
  const threads = '/proc/self/task';
  // libuv starts all its threads at the first work for one of them: `stat` is that work.
  const ids = await stat(threads).then(
    () => readdir(threads),
    () => [],
  );
  await Promise.all(ids.map((id) => lowerIfWorker(threads, id)));
}

/** Does nothing on a system that does not list threads, or forbids the change. */
async function lowerIfWorker(threads: string, id: string): Promise<void> {
  try {
    const name = await readFile(`${threads}/${id}/comm`, 'utf8');
    if (name.startsWith('libuv-worker')) setPriority(Number(id), lower);
  } catch {}
}

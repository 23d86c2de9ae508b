/** Keeps password hashing out of the event loop's way where there are fewer cores than work. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { setPriority } from 'node:os';

/** Nice value: a seventieth of the processor's time that the event loop gets, when both want all of it. */
const lower = 19;

/**
 * Lowers the priority of libuv's threads, which hash. Only Linux has a priority for each thread, and
 * takes a thread's id where others take a process's; elsewhere this does nothing.
 * @see https://man7.org/linux/man-pages/man2/setpriority.2.html BUGS
 */
export async function hashInBackground(): Promise<void> {
  if (process.platform !== 'linux') return;
  const threads = '/proc/self/task';
  // The threads start all at once, with the first work for one of them.
  const ids = await stat(threads).then(
    () => readdir(threads),
    () => [],
  );
  await Promise.all(ids.map((id) => lowerIfWorker(threads, id)));
}

/** A system that shows no threads or forbids the change is served as before. */
async function lowerIfWorker(threads: string, id: string): Promise<void> {
  try {
    const name = await readFile(`${threads}/${id}/comm`, 'utf8');
    if (name.startsWith('libuv-worker')) setPriority(Number(id), lower);
  } catch {}
}

/** Who can read a file of secrets: one rule for the root secret and for the database. */
import { accessSync, constants, readFileSync, realpathSync, type Stats } from 'node:fs';

/**
 * What was found. `warned`: every user of this machine or container can read it, and nobody can change
 * that from here. `open`: it must not be used before the remedy.
 */
export type FileAccess =
  | { readonly kind: 'private'; readonly detail: string }
  | { readonly kind: 'warned'; readonly detail: string }
  | { readonly kind: 'open'; readonly detail: string; readonly remedy: string };

/** Permission bits for reading by the group, and by all. */
const [groupReads, allRead] = [0o040, 0o044];

/**
 * Judges a file by its mode and owner. Its owner alone may read it, or also the group of a file that is
 * root's or ours: so container platforms mount secrets (0440 or 0640). Where the mount is read-only, all
 * may read it (0444), as Docker mounts them: only the container's own processes see it. Windows keeps
 * access lists instead of modes.
 * @param us - the effective user's id
 */
export function accessOf(
  path: string,
  { mode, uid }: Pick<Stats, 'mode' | 'uid'>,
  us: number | undefined = process.geteuid?.(),
): FileAccess {
  const others = mode & 0o077;
  if (us === undefined || others === 0) return { kind: 'private', detail: 'its owner alone' };
  const trusted = uid === 0 || uid === us || us === 0;
  if (others === groupReads && trusted) return { kind: 'private', detail: 'its owner and its group' };
  if ((others & ~allRead) === 0 && isOnReadOnlyMount(path)) {
    return { kind: 'warned', detail: `${path} can be read by every user here; its mount is read-only` };
  }
  return { kind: 'open', detail: `${path}: is open to other users`, remedy: `run: chmod 600 ${path}` };
}

function isOnReadOnlyMount(path: string): boolean {
  let mounts: string;
  try {
    mounts = readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return refusesWriting(path);
  }
  return isReadOnlyIn(mounts, realpathSync(path));
}

/**
 * Whether the mount that a path is on is read-only, by itself or with its file system. Linux tells it
 * nowhere else: whoever may not write a file gets EACCES for that, on any mount.
 * @see proc_pid_mountinfo(5)
 */
export function isReadOnlyIn(mountinfo: string, path: string): boolean {
  let [length, readOnly] = [0, false];
  for (const line of mountinfo.split('\n')) {
    const [, , , , point = '', options = '', ...rest] = line.split(' ');
    const folder = point.replace(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8)));
    const holds = folder === '/' || path === folder || path.startsWith(`${folder}/`);
    // Of mounts at one place the last is on top.
    if (folder === '' || !holds || folder.length < length) continue;
    length = folder.length;
    readOnly = [options, rest.at(-1) ?? ''].some((list) => list.split(',').includes('ro'));
  }
  return readOnly;
}

function refusesWriting(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EROFS';
  }
}

/** Identifies the boot of this machine: what was written to its own disk since then survives a crash of the process. */
import { createHash } from 'node:crypto';
import { readFileSync, statfsSync } from 'node:fs';
import { readable } from '../../../core/auth/digest.ts';

/** Linux's boot id, new at every boot. A container sees that of its machine. */
const bootId = '/proc/sys/kernel/random/boot_id';

/**
 * File systems of this machine only, by `f_type`: ext, XFS, Btrfs, F2FS, bcachefs, ZFS, tmpfs, overlayfs. On all
 * others (NFS, SMB, FUSE) a crash of another machine may lose writes.
 * @see https://man7.org/linux/man-pages/man2/statfs.2.html
 */
const localTypes = new Set([
  0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0xca451a4e, 0x2fc12fc1, 0x01021994, 0x794c7630,
]);

/** A hash of the boot id; `undefined` without one, or when the file is not on a disk of this machine. */
export function bootEpoch(path: string): string | undefined {
  try {
    if (!localTypes.has(statfsSync(path).type)) return undefined;
    const id = readFileSync(bootId, 'utf8').trim();
    return readable(createHash('sha256').update(`ljgate boot ${id}`).digest().subarray(0, 8));
  } catch {
    return undefined;
  }
}

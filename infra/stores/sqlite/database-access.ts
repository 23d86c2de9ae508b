/** Checks who can read a database: it has password verifiers, and so has its write-ahead log. */
import { statSync } from 'node:fs';
import { accessOf, type FileAccess } from '../../file-access.ts';

/** Checks the files that exist, and returns the worst result. */
export function databaseAccess(path: string): FileAccess {
  const found = [path, `${path}-wal`, `${path}-shm`].flatMap((file) => {
    const stats = statSync(file, { throwIfNoEntry: false });
    return stats ? [accessOf(file, stats)] : [];
  });
  const worst = (['open', 'warned'] as const)
    .map((kind) => found.find((access) => access.kind === kind))
    .find((access) => access !== undefined);
  return worst ?? found[0] ?? { kind: 'private', detail: 'not there yet' };
}

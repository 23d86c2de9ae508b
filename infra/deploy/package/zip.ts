/** Zips whose bytes depend on nothing but their files: deploying the same code twice changes nothing. */
import { type ZipOptions, zipSync } from 'fflate';

/** Files by name; names ending in `.node` are made executable. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** Zips have local times, from 1980 on. This is the first of them, in every time zone. */
const epoch = new Date(1980, 0, 1);

/** The numbers that zip has for Unix, and for a plain file of that mode. */
const unix = 3;
const modeOf = (name: string) => (name.endsWith('.node') ? 0o100755 : 0o100644) * 0x10000;

/** The bytes of a zip. */
export function zip(files: Files): Uint8Array {
  const entries = Object.entries(files)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, bytes]): [string, [Uint8Array, ZipOptions]] => [
      name,
      [bytes, { level: 9, mtime: epoch, os: unix, attrs: modeOf(name) }],
    ]);
  return zipSync(Object.fromEntries(entries));
}

/** Disks that are full or cannot be written, each made in its own way, and made well again. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireProgram } from '../support/requirements.ts';
import { freshFolder } from '../support/server.ts';

/** A folder whose disk can fail under a server that runs on it. */
export interface Disk {
  readonly folder: string;
  /** From now on writes fail: at once, or as soon as the free space is used. */
  fail(pid: number): void;
  /** `pid` 0: the server is gone. */
  heal(pid: number): void;
  /** Whether the failure is there for the next server as well. */
  readonly outlives: boolean;
  remove(): void;
}

/** A kind of failing disk; `open` is `undefined` where this machine cannot have one. */
export interface DiskKind {
  readonly name: string;
  readonly open: (() => Promise<Disk>) | undefined;
}

function succeeds(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args).status === 0;
}

function must(program: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error ?? stderr}`);
}

/** Mounting takes root, and in a container the right to. */
const canMount = await withFolder((folder) => {
  const mounted = succeeds('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder);
  return mounted && succeeds('umount', folder);
});

/** The immutable flag takes root, and a file system that knows it. */
const canFreeze = await withFolder((folder) => {
  const file = join(folder, 'file');
  closeSync(openSync(file, 'w'));
  return succeeds('chattr', '+i', file) && succeeds('chattr', '-i', file);
});

async function withFolder<T>(probe: (folder: string) => T): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'ljgate-'));
  try {
    return probe(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A disk of its own, 4 MB of memory, filled to the last byte. */
async function tinyDisk(): Promise<Disk> {
  const folder = await freshFolder();
  must('mount', '-t', 'tmpfs', '-o', 'size=4m,mode=0700', 'tmpfs', folder);
  const filler = join(folder, 'filler');
  return {
    folder,
    fail() {
      const file = openSync(filler, 'w');
      for (const size of [65_536, 1]) while (wrote(file, size));
      closeSync(file);
    },
    heal: () => rmSync(filler),
    outlives: true,
    remove: () => must('umount', '--lazy', folder),
  };
}

function wrote(file: number, size: number): boolean {
  try {
    return writeSync(file, new Uint8Array(size)) > 0;
  } catch {
    return false;
  }
}

/**
 * The files of a running server that may no longer be changed, as when a disk is mounted again read-only.
 * Not `-shm`: it is memory that processes share, and one that may not write to it is ended by the system.
 */
async function frozenFiles(): Promise<Disk> {
  const folder = await freshFolder();
  const names = () => readdirSync(folder).filter((name) => !name.endsWith('-shm'));
  const files = () => names().map((name) => join(folder, name));
  return {
    folder,
    fail: () => must('chattr', '+i', ...files()),
    heal: () => must('chattr', '-i', ...files()),
    outlives: true,
    remove() {},
  };
}

/** A limit on the size of files, for which nobody needs to be root: the system refuses to write past it. */
async function limited(bytes: number): Promise<Disk> {
  return {
    folder: await freshFolder(),
    fail: (pid) => must('prlimit', '--pid', String(pid), `--fsize=${bytes}:`),
    heal(pid) {
      if (pid !== 0) must('prlimit', '--pid', String(pid), '--fsize=unlimited:');
    },
    outlives: false,
    remove() {},
  };
}

const prlimit = requireProgram('prlimit');

/** Disks that fail under a running server. */
export const failingDisks: readonly DiskKind[] = [
  { name: 'a full disk (needs the right to mount)', open: canMount ? tinyDisk : undefined },
  {
    name: 'a disk with 256 KiB for a file (needs prlimit)',
    open: prlimit ? () => limited(256 * 1024) : undefined,
  },
  { name: 'a disk made read-only (needs root and chattr)', open: canFreeze ? frozenFiles : undefined },
  { name: 'a disk that takes no byte (needs prlimit)', open: prlimit ? () => limited(0) : undefined },
];

/** A folder that is read-only as a whole. */
export interface ReadOnly {
  /** What to run a program with, for it to be bound by that. */
  readonly prefix: readonly string[];
  undo(): void;
}

/** Makes a folder read-only: by a mount, or by its modes, which root minds only without its capabilities. */
export function makeReadOnly(folder: string): ReadOnly {
  if (canMount) {
    must('mount', '--bind', folder, folder);
    must('mount', '-o', 'remount,bind,ro', folder);
    return { prefix: [], undo: () => must('umount', folder) };
  }
  must('chmod', '-R', 'a-w', folder);
  const isRoot = process.getuid?.() === 0;
  return {
    prefix: isRoot ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : [],
    undo: () => must('chmod', '-R', 'u+w', folder),
  };
}

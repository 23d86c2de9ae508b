/** Who may read the files of secrets. */
import { describe, expect, test } from 'vitest';
import { accessOf, isReadOnlyIn } from '../../infra/file-access.ts';

const [root, us, another] = [0, 1000, 1001];
const path = import.meta.filename;
const kindOf = (mode: number, uid: number, by = us) => accessOf(path, { mode, uid }, by).kind;

describe('a file that is not on a read-only mount', () => {
  test.each([0o600, 0o400])('is private with mode %o, whoever owns it', (mode) => {
    for (const owner of [root, us, another]) expect(kindOf(mode, owner)).toBe('private');
  });

  test.each([0o640, 0o440])("is private with mode %o when it is root's or ours", (mode) => {
    expect([root, us, another].map((owner) => kindOf(mode, owner))).toEqual(['private', 'private', 'open']);
    expect(kindOf(mode, another, root)).toBe('private');
  });

  test.each([0o644, 0o444, 0o604, 0o660, 0o620, 0o601, 0o610, 0o666, 0o777])(
    'is open with mode %o, with the remedy',
    (mode) => {
      const remedy = `run: chmod 600 ${path}`;
      for (const owner of [root, us]) {
        expect(accessOf(path, { mode, uid: owner }, us)).toMatchObject({ kind: 'open', remedy });
      }
    },
  );
});

test('on a read-only mount, what all may read and nobody may write is a warning', () => {
  const mounts =
    '22 1 0:20 / / rw - overlay overlay rw\n30 22 0:27 / /run/secrets ro,relatime - tmpfs tmpfs rw\n';
  expect(isReadOnlyIn(mounts, '/run/secrets/root')).toBe(true);
  expect(isReadOnlyIn(mounts, '/run/secrets2/root')).toBe(false);
  expect(isReadOnlyIn(mounts, '/data/root')).toBe(false);
});

test('the mount on top counts, and the file system under it', () => {
  const over = '30 22 0:27 / /s ro - tmpfs tmpfs rw\n31 30 0:28 / /s rw - tmpfs tmpfs rw\n';
  expect(isReadOnlyIn(over, '/s/root')).toBe(false);
  expect(isReadOnlyIn('30 22 0:27 / / rw - squashfs /dev/loop0 ro,noatime\n', '/s/root')).toBe(true);
  expect(isReadOnlyIn('30 22 0:27 / /a\\040b ro - tmpfs tmpfs rw\n', '/a b/root')).toBe(true);
});

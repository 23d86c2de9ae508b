import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installLocked } from '../../../../infra/deploy/package/install-locked.ts';
import { temporaryFolder } from '../../../support/stores.ts';

const name = '@node-rs/argon2-linux-arm64-gnu';

test('a package that is not what was locked is not installed', async () => {
  const folder = temporaryFolder();
  const integrity = `sha512-${Buffer.alloc(64).toString('base64')}`;
  await expect(installLocked(folder, { [name]: { version: '2.2.1', integrity } })).rejects.toThrow(
    'EINTEGRITY',
  );
  expect(existsSync(join(folder, 'node_modules', name))).toBe(false);
});

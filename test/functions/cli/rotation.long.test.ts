/** `ljgate secrets rotate` to its end, which takes as long as a challenge is good for. */
import { expect, test } from 'vitest';
import { jsonLines, ljgate } from '../../support/cli.ts';
import { temporaryFolder } from '../../support/stores.ts';

const place = {
  folder: temporaryFolder(),
  env: { LJGATE_STORE: 'sqlite:lj.sqlite', LJGATE_SECRET: 'secret.json' },
};

test('the command replaces the secret and says which one is kept, and for whom', async () => {
  await ljgate(place, ['tables', 'create']);
  const lines = [true, false].map((challenge, i) =>
    JSON.stringify({ username: `user_${i}`, password: 'pw', challenge }),
  );
  expect((await ljgate(place, ['import', '-'], lines.join('\n'))).code).toBe(0);
  const rotated = await ljgate(place, ['secrets', 'rotate', '--settle', '0', '--json']);
  expect([rotated.code, jsonLines(rotated)]).toEqual([
    0,
    [{ current: expect.any(String), renewed: 1, retired: [], kept: [expect.any(String)] }],
  ]);
});

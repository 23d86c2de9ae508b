/** `ljgate serve --workers`: several processes behind one port and over one store. */
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { freshFolder, type Ljgate, runLjgate, startLjgate } from '../../support/server.ts';
import { exchange, formPost } from '../../support/socket.ts';
import { flatReply } from '../../support/wire.ts';

let server: Ljgate | undefined;
afterEach(async () => {
  await server?.stop();
});

const post = async (url: URL, body: string) =>
  flatReply((await exchange(url, formPost('/interface/flat', body))).text);

test('two answer as one, a dead one is replaced, and all end on a signal', async () => {
  server = await startLjgate(
    '--demo',
    '--workers',
    '2',
    '--store',
    `sqlite:${join(await freshFolder(), 'db')}`,
  );
  const { url, log } = server;
  const made = await post(url, 'mode=sessiongenerate&user=test&password=test');
  expect(made).toMatchObject({ ok: true });
  expect(log.filter(({ message }) => message === 'listening')).toHaveLength(1);

  const listen = () => log.filter(({ message }) => /^worker \d+ listens$/.test(String(message)));
  await expect.poll(listen).toHaveLength(2);
  process.kill(Number(listen()[0]?.['pid']), 'SIGKILL');
  await expect.poll(listen).toHaveLength(3);
  expect(log).toContainEqual(
    expect.objectContaining({ message: expect.stringMatching(/another takes its place/) }),
  );
  for (let i = 0; i < 20; i++) {
    expect(await post(url, 'mode=login&user=test&password=test')).toMatchObject({ ok: true });
  }
  expect(await server.stop()).toBe(0);
  await expect(post(url, 'mode=getchallenge')).rejects.toThrow();
});

test('what keeps all from starting is told, and ends all', async () => {
  const taken = await startLjgate('--store', 'memory');
  const folder = await freshFolder();
  const args = [
    'serve',
    '--workers',
    '2',
    '--store',
    `sqlite:${join(folder, 'db')}`,
    '--port',
    taken.url.port,
  ];
  const { code, stderr } = await runLjgate(args);
  await taken.stop();
  expect(code).toBe(1);
  expect(stderr).toMatch(/cannot listen on .*EADDRINUSE.*--port 0 picks a free port/);
});

test.each([
  [['--workers', '0'], /--workers.*'0'.*"auto"/],
  [['--workers', '2', '--store', 'memory'], /--workers wants a store that processes can share/],
])('%j is used wrongly', async (args, text) => {
  const { code, stderr } = await runLjgate(['serve', ...args]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(text)]);
});

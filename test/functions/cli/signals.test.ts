/** What signals do to a server, also to one that `npm start` started. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { freshFolder, startLjgate } from '../../support/server.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const linux = process.platform === 'linux';

test('SIGTERM ends the server with 0, and the log has that it came and that it ended', async () => {
  const server = await startLjgate('--store', 'memory');
  expect(await server.stop()).toBe(0);
  const messages = server.log.map(({ message }) => message);
  expect(messages).toContainEqual(expect.stringMatching(/^SIGTERM: the calls that have begun are answered/));
  expect(messages.at(-1)).toBe('ended');
});

test('signals that come together count as one, as at Ctrl-C under npm', async () => {
  const server = await startLjgate('--store', 'memory');
  const ended = once(server.process, 'exit');
  server.process.kill('SIGINT');
  server.process.kill('SIGINT');
  server.process.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

test('SIGHUP opens a log again that was moved', async () => {
  const file = join(await freshFolder(), 'ljgate.log');
  // `startLjgate` waits for a line on standard output.
  const main = join(root, 'functions/cli/ljgate.ts');
  const args = ['serve', '--store', 'memory', '--port', '0', '--log-file', file];
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(createInterface(child.stdout), 'line');
  renameSync(file, `${file}.1`);
  child.kill('SIGHUP');
  const read = () => readFileSync(file, 'utf8');
  await expect.poll(read).toMatch(/SIGHUP: log and secret are opened again/);
  child.kill('SIGTERM');
  await once(child, 'exit');
  expect(read()).toMatch(/ended\n$/);
  expect(readFileSync(`${file}.1`, 'utf8')).not.toMatch(/ended/);
});

test('SIGHUP reads the secret again at once, and says what is wrong with it', async () => {
  const folder = await freshFolder();
  const secret = join(folder, 'secret.json');
  const server = await startLjgate('--store', `sqlite:${join(folder, 'lj.sqlite')}`, '--secret', secret);
  writeFileSync(secret, 'nonsense');
  server.process.kill('SIGHUP');
  const messages = () => server.log.map(({ message }) => message);
  await expect.poll(messages).toContain('the root secret is not as it should be');
  await expect.poll(messages).toContain('SIGHUP: log and secret are opened again');
  expect(await server.stop()).toBe(0);
});

test('a log that cannot be written is wrong usage, and named', async () => {
  const file = join(await freshFolder(), 'missing', 'ljgate.log');
  const started = startLjgate('--store', 'memory', '--log-file', file);
  await expect(started).rejects.toThrow(/ended with 2:[\s\S]*--log-file: [\s\S]*missing/);
});

test.skipIf(!linux)('SIGTERM to the process of npm start ends the server in order', async () => {
  const env = { ...process.env, LJGATE_STORE: 'memory', LJGATE_PORT: '0' };
  const npm = spawn('npm', ['start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const output = createInterface(npm.stdout).on('line', (line) => lines.push(line));
  const text = () => lines.join('\n');
  await expect.poll(text).toMatch(/process \d+/);
  const closed = once(output, 'close');
  npm.kill('SIGTERM');
  await closed;
  expect(text()).toMatch(/SIGTERM: the calls that have begun[\s\S]*ended$/);
});

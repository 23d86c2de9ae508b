/** The text log, for people: what a process prints. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const logger = fileURLToPath(new URL('../../../../functions/runtime/node/logger.ts', import.meta.url));

/** Node's arguments for a script that has `log` in its hands. */
function running(format: string, script: string): string[] {
  const source = `import { createLogger } from ${JSON.stringify(logger)}; const log = createLogger('${format}'); ${script}`;
  return ['--input-type=module', '-e', source];
}

/** What such a script prints. */
function printed(format: string, script: string): string {
  return execFileSync(process.execPath, running(format, script), { encoding: 'utf8' });
}

test('a request is a sentence', () => {
  const fields = {
    wire: 'flat',
    method: 'login',
    account: 'test',
    auth: 'challenge',
    outcome: 101,
    ms: 1.8,
    address: '192.0.2.7',
    client: 'Win32-MFC/1.2.7',
  };
  expect(printed('text', `log.info(${JSON.stringify(fields)}, 'call')`)).toMatch(
    /^\d\d:\d\d:\d\d flat login test by challenge: 101 \(1\.8 ms, 192\.0\.2\.7, Win32-MFC\/1\.2\.7\)\n$/,
  );
});

test('an error is told with its stack and its causes', () => {
  const text = printed(
    'text',
    `log.error({ wire: 'flat', method: 'login', outcome: 502, ms: 3, error: new Error('away', { cause: new Error('refused') }) }, 'x')`,
  );
  expect(text).toMatch(/flat login: 502 \(3 ms\)\nError: away\n +at .*\ncaused by Error: refused\n +at /s);
});

test('every line is out before the process ends, in any format', () => {
  const script = `for (let i = 0; i < 5000; i++) log.info({ n: i }, 'line'); process.exit(0)`;
  expect(printed('text', script).split('\n')).toHaveLength(5001);
  const json = printed('json', script).trim().split('\n');
  expect(JSON.parse(json.at(-1) ?? '')).toMatchObject({
    level: 'INFO',
    service: 'ljgate',
    message: 'line',
    n: 4999,
  });
  expect(printed('off', script)).toBe('');
});

test('a line is out soon, also where a reader kept the one before it waiting', async () => {
  // More than a pipe holds, so that a write is under way for as long as nobody reads.
  const script = `for (let i = 0; i < 2000; i++) log.info({}, 'x'.repeat(90));
    setTimeout(() => log.info({}, 'the last'), 100);
    process.stdin.resume();`;
  const child = spawn(process.execPath, running('text', script), { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  await once(child.stdout, 'readable');
  await new Promise((resolve) => setTimeout(resolve, 500));
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  await expect.poll(() => text.endsWith('the last\n')).toBe(true);
});

/** The text log, for people: what a process prints. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const logger = fileURLToPath(new URL('../../../functions/node/logger.ts', import.meta.url));

/** What a script prints that has `log` in its hands. */
function printed(format: string, script: string): string {
  const source = `import { createLogger } from ${JSON.stringify(logger)}; const log = createLogger('${format}'); ${script}`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' });
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

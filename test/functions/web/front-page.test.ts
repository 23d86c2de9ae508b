/** The front page, as `ljgate serve` was told to serve it. */
import { expect, test } from 'vitest';
import { runLjgate, startLjgate } from '../../support/server.ts';

async function frontOf(...args: string[]): Promise<string> {
  const ljgate = await startLjgate('--store', 'memory', ...args);
  const reply = await fetch(ljgate.url);
  await ljgate.stop();
  return reply.text();
}

test('says what is here, with a console', async () => {
  const html = await frontOf();
  for (const text of ['/interface/flat', '/cgi-bin/log.cgi', '/interface/xmlrpc', 'sessiongenerate']) {
    expect(html).toContain(text);
  }
  expect(html).toContain('Protocol console');
});

test('fills in accounts under --demo alone', async () => {
  expect(await frontOf('--demo')).toContain('value="test"');
  expect(await frontOf()).not.toMatch(/value="(?:test|demo\w*)"/);
});

test('--console off leaves the information and no script', async () => {
  const html = await frontOf('--demo', '--console', 'off');
  expect(html).toContain('/interface/xmlrpc');
  expect(html).not.toMatch(/<script|console|value="test"/i);
});

test('--console wants on or off', async () => {
  const { code, stderr } = await runLjgate(['serve', '--store', 'memory', '--console', 'maybe']);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/--console.*"on" or "off"/)]);
});

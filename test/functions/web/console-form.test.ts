/** The console's own parts: its MD5, and the commands that it offers to copy, run as they stand. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { curlOf, pythonOf } from '../../../functions/web/browser/commands.js';
import { md5Hex } from '../../../functions/web/browser/md5.js';
import { bodyOf, type Call } from '../../../functions/web/browser/requests.js';
import { requireProgram } from '../../support/requirements.ts';
import { type Ljgate, startLjgate } from '../../support/server.ts';
import { openSite } from '../../support/site.ts';

const run = promisify(execFile);

test('its MD5 is MD5, at every length up to three blocks and for text of any script', () => {
  const texts = Array.from({ length: 200 }, (_, length) =>
    randomBytes(length).toString('latin1').slice(0, length),
  );
  for (const text of [...texts, 'пароль', '名前 🎉', 'x'.repeat(100_000)]) {
    expect(md5Hex(text)).toBe(createHash('md5').update(text, 'utf8').digest('hex'));
  }
});

const call: Call = {
  wire: 'flat',
  method: 'login',
  username: 'test',
  password: 'test',
  auth: 'clear',
  args: [['clientversion', `Web-Console/1.0 "it's" & <b> $HOME \`id\``]],
  lists: [],
};

let ljgate: Ljgate;
beforeAll(async () => {
  ljgate = await startLjgate('--demo', '--store', 'memory');
});
afterAll(() => ljgate.stop());

const waysIn = (['flat', 'xmlrpc'] as const).flatMap((wire) =>
  (['clear', 'hpassword', 'challenge'] as const).map((auth) => ({ wire, auth })),
);

describe.each(waysIn)('$wire by $auth', (way) => {
  const origin = () => ljgate.url.origin;

  test.skipIf(!requireProgram('curl'))('logs in when it is pasted into a shell', async () => {
    const { stdout } = await run('sh', ['-c', curlOf({ ...call, ...way }, origin(), md5Hex)]);
    expect(stdout).toContain('Test Account');
  });

  test.skipIf(!requireProgram('python3'))('logs in when it is run by Python', async () => {
    const { stdout } = await run('python3', ['-c', pythonOf({ ...call, ...way }, origin(), md5Hex)]);
    expect(stdout).toContain('Test Account');
  });
});

test.each(['flat', 'xmlrpc'] as const)(
  'a password with every quote there is goes through a shell, on %s',
  async (wire) => {
    const password = `a'b"c$d\`e\\f!&<>`;
    const command = curlOf({ ...call, wire, password, auth: 'clear' }, 'http://127.0.0.1:1', md5Hex);
    const { stdout } = await run('sh', ['-c', command.replaceAll('curl -s', "printf '%s\\n'")]);
    expect(stdout).toContain(wire === 'flat' ? `password=${password}` : `a'b"c$d\`e\\f!&amp;&lt;&gt;`);
  },
);

test.each(['flat', 'xmlrpc'] as const)('sessions are ended by their numbers, on %s', async (wire) => {
  const site = await openSite();
  const session = await site.session();
  const expire = [session.split(':')[2] ?? ''];
  const who: [string, string][] = [
    [wire === 'flat' ? 'user' : 'username', 'test'],
    ['password', 'test'],
  ];
  const body = bodyOf({ ...call, wire, method: 'sessionexpire', args: [], lists: [['expire', expire]] }, who);
  await site.fetch(`/interface/${wire}`, { method: 'POST', body });
  expect(await site.isAlive(session)).toBe(false);
});

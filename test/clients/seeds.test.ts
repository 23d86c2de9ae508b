/** The requests printed on the protocol's own reference pages, and the answers promised there. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exchange, formPost, type RawReply } from '../support/socket.ts';
import { readFlat } from '../support/wire.ts';
import { describeServed } from './served.ts';

/** A page's request as printed, HTTP/1.0 and foreign Host included; only its byte count was wrong. */
function printed(page: string): string {
  const text = readFileSync(new URL(`../data/pages/${page}.http`, import.meta.url), 'latin1');
  const at = text.indexOf('\n\n');
  const body = text.slice(at + 2);
  const head = text.slice(0, at).replace(/(?<=^Content-Length: )\d+$/m, String(body.length));
  return `${head.replaceAll('\n', '\r\n')}\r\n\r\n${body}`;
}

describeServed('the reference pages', (urlOf) => {
  const send = async (page: string): Promise<RawReply> => {
    const reply = await exchange(urlOf('/'), printed(page));
    expect(reply.status).toBe(200);
    // A reply of HTTP/1.0 needs not say it.
    expect(reply.headers['connection'] ?? reply.http).toMatch(/^(close|HTTP\/1\.0)$/);
    expect(reply.headers['content-type']).toMatch(/^text\/xml\b/);
    return reply;
  };
  const generate = async () => {
    const { text } = await send('xmlrpc-sessiongenerate');
    return /<string>(ws:test:(\d+):[A-Za-z0-9]+)<\/string>/.exec(text)?.slice(1) ?? [];
  };
  const flat = async (body: string, ...headers: readonly string[]) => {
    const { text } = await exchange(urlOf('/'), formPost('/interface/flat', body, ...headers));
    return Object.fromEntries(readFlat(text));
  };
  const isAlive = async (session = '') => {
    const headers = ['X-LJ-Auth: cookie', `Cookie: ljsession=${session}`];
    return (await flat('mode=login&user=test&auth_method=cookie', ...headers))['success'] === 'OK';
  };

  test('login: the account test, with a message, its friend groups and the journals it may use', async () => {
    const { text } = await send('xmlrpc-login');
    for (const member of [
      '<name>userid</name><value><int>3</int></value>',
      '<name>fullname</name><value><string>Test Account</string></value>',
      '<name>message</name><value><string>',
      '<name>friendgroups</name><value><array><data><value><struct>',
      '<name>usejournals</name><value><array><data><value><string>',
      '<value><string>test2</string></value>',
    ]) {
      expect(text).toContain(member);
    }
  });

  test('sessiongenerate: ws:test:ID:AUTH and nothing else, a session that works at once', async () => {
    const { text } = await send('xmlrpc-sessiongenerate');
    expect(text).toMatch(
      /<params><param><value><struct><member><name>ljsession<\/name><value><string>ws:test:\d+:\w+<\/string><\/value><\/member><\/struct><\/value><\/param><\/params>/,
    );
    expect(await isAlive((await generate())[0])).toBe(true);
  });

  test('sessionexpire: an empty struct, and every session is over', async () => {
    const [[first], [second]] = [await generate(), await generate()];
    const { text } = await send('xmlrpc-sessionexpire');
    expect(text).toContain('<params><param><value><struct/></value></param></params>');
    expect([await isAlive(first), await isAlive(second)]).toEqual([false, false]);
  });

  test('flat sessionexpire, by every argument on its page: the sessions named, then all', async () => {
    const sessions = [await generate(), await generate(), await generate()];
    const [a, b] = sessions.map(([, id]) => id);
    const alive = () => Promise.all(sessions.map(([session]) => isAlive(session)));
    const clear = 'mode=sessionexpire&user=+Test+&auth_method=clear&password=test&ver=1';
    expect(await flat(`${clear}&expire_id_${a}=1&expire_id_${b}=1`)).toEqual({ success: 'OK' });
    expect(await alive()).toEqual([false, false, true]);
    const digest = clear.replace('password=test', 'hpassword=098f6bcd4621d373cade4e832627b4f6');
    expect(await flat(`${digest}&expireall=1`)).toEqual({ success: 'OK' });
    expect(await alive()).toEqual([false, false, false]);
    const refused = { success: 'FAIL', errmsg: 'Invalid password' };
    expect(await flat(clear.replace('=test', '=wrong'))).toEqual(refused);
  });
});

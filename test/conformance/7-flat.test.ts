/** PROTOCOL §7: flat, on the wire. */
import { describe, expect, test } from 'vitest';
import { openSite, right } from '../support/site.ts';

const site = await openSite({ fullname: 'Ünï 名前 \u0001\ud800' });

async function post(body: string | Uint8Array<ArrayBuffer>, contentType?: string): Promise<Response> {
  const headers = contentType === undefined ? {} : { 'Content-Type': contentType };
  return site.fetch('/interface/flat', { method: 'POST', body, headers });
}

describe('the request', () => {
  const bytes = new TextEncoder().encode('mode=login&user=test&password=test');

  test.each([
    'application/x-www-form-urlencoded',
    'application/x-www-form-urlescaped',
    'text/plain',
    'text/xml',
    'application/json',
    'multipart/form-data; boundary=x',
    undefined,
  ])('is a form, whatever the Content-Type %j says', async (contentType) => {
    expect(await (await post(bytes, contentType)).text()).toContain('success\nOK\n');
  });

  test('keys may be percent-encoded, + is a space, a stray % is itself, ; does not separate', async () => {
    expect(await (await post('%6Dode=login&us%65r=+test+&password=te%73t&x=%&y=1;z=2')).text()).toContain(
      'OK',
    );
  });

  test('text that is not UTF-8 is taken as bytes for ver 0 and refused with 208 for ver 1', async () => {
    const login = 'mode=login&user=test&password=test&clientversion=caf%E9/1';
    expect(await (await post(login)).text()).toContain('success\nOK\n');
    const refused = 'errmsg\nClient error: Invalid text encoding: clientversion\nsuccess\nFAIL\n';
    expect(await (await post(`${login}&ver=1`)).text()).toBe(refused);
    expect(await (await post(`${login}&ver=2`)).text()).toBe(refused);
    const wrong = 'mode=login&user=test&password=caf%E9';
    expect(await (await post(wrong)).text()).toContain('Invalid password');
    expect(await (await post(`${wrong}&ver=1`)).text()).toContain('Invalid text encoding: password');
  });

  test('the charset of the Content-Type comes before UTF-8', async () => {
    const type = 'application/x-www-form-urlencoded; charset=windows-1251';
    const reply = await post('mode=login&user=test&password=test&ver=1&clientversion=%EF%F0%E8/1', type);
    expect(await reply.text()).toContain('success\nOK\n');
    expect(site.log.at(-1)?.calls[0]?.client).toBe('при/1');
  });
});

describe('the reply', () => {
  test('is text/plain in UTF-8, with a Content-Length in bytes', async () => {
    const reply = await post('mode=login&user=test&password=test');
    expect(reply.headers.get('Content-Type')).toBe('text/plain; charset=utf-8');
    const body = await reply.arrayBuffer();
    expect(reply.headers.get('Content-Length')).toBe(String(body.byteLength));
    expect(reply.headers.get('Transfer-Encoding')).toBeNull();
  });

  test('stored text that cannot be sent leaves as ? per bad character, the rest as UTF-8 for any ver', async () => {
    for (const ver of ['0', '1']) {
      const reply = await site.call('flat', 'login', { ...right, ver });
      expect(reply.value('name')).toBe('Ünï 名前 ??');
    }
  });

  test('responseenc=urlenc gives key=value& pairs in the same order', async () => {
    const refused = await post('mode=login&user=test&password=wrong&responseenc=urlenc');
    expect(await refused.text()).toBe('errmsg=Invalid+password&success=FAIL&');
    const form = new URLSearchParams(
      await (await post('mode=login&user=test&password=test&responseenc=urlenc')).text(),
    );
    expect([...form.keys()]).toEqual(['frgrp_maxnum', 'message', 'name', 'success']);
    expect(form.get('name')).toBe('Ünï 名前 ??');
  });
});

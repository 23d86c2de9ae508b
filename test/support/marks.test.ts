import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { md5Hex } from '../../core/auth/digest.ts';
import { holds, mark, watchForSecrets } from './marks.ts';

const secret = 'Ein & "Gehéimnis" <+%>';
const bytes = Buffer.from(secret);

test.each<[string, string | Buffer]>([
  ['as it is', `x${secret}y`],
  ['in a URL', `?a=${encodeURIComponent(secret)}`],
  ['in a form', new URLSearchParams({ password: secret, a: 'b' }).toString()],
  ['in JSON', JSON.stringify({ message: secret })],
  ['in XML', '<string>Ein &amp; "Gehéimnis" &lt;+%&gt;</string>'],
  ['in an attribute', 'value="Ein &amp; &quot;Gehéimnis&quot; &lt;+%&gt;"'],
  ['in base64', bytes.toString('base64')],
  ['in base64 behind a name', Buffer.from(`user:${secret}`).toString('base64')],
  ['in base64 within a body', Buffer.from(`a=${secret}&mode=login`).toString('base64url')],
  ['in hex', bytes.toString('hex')],
  ['as its MD5', md5Hex(secret)],
  ['as a Buffer that was logged', inspect(bytes)],
  ['as an array that was logged', inspect(new Uint8Array(bytes), { breakLength: Number.POSITIVE_INFINITY })],
  ['as bytes in JSON', JSON.stringify(bytes)],
])('a secret is found %s', (_, text) => {
  expect(holds(Buffer.from(text), mark('secret', secret))).toBe(true);
  expect(holds(Buffer.from(text), mark('secret', 'Ein anderes Geheimnis'))).toBe(false);
});

test.each([
  ['ws:test:12345:abcdefghijklmnopqrstuvwxyz234567', true],
  ['c0:1700000060:k1:abcdefghijklmnopqrst:0123456789abcdef0123456789abcdef', true],
  ['$argon2id$v=19$m=19456,t=2,p=1$salt$hash', true],
  ['s1.k1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', true],
  ['098f6bcd4621d373cade4e832627b4f6', true],
  ['{"method":"login","account":"test","auth":"cookie","outcome":101}', false],
])('a log line %j has the shape of a secret: %j', (line, secret) => {
  const watch = watchForSecrets();
  watch.see(line);
  if (secret) expect(watch.check).toThrow('looks like a secret');
  else watch.check();
});

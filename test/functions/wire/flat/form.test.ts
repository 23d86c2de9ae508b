import { describe, expect, test, vi } from 'vitest';
import { Octets } from '../../../../core/protocol/values.ts';
import { charsetOf } from '../../../../functions/wire/endpoint.ts';
import { decodeForm, type Form } from '../../../../functions/wire/flat/form.ts';

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const fields = (form: Form) => form.names.map((name) => [name, form.get(name)] as const);
const decode = (body: string, charset?: string) =>
  Object.fromEntries(fields(decodeForm(bytes(body), charset)));

describe('decoding a form by bytes', () => {
  test.each([
    ['a=1&b=2', { a: '1', b: '2' }, 'pairs'],
    ['a=1&a=2', { a: '2' }, 'the last of two equal keys holds'],
    ['a=x+y', { a: 'x y' }, 'a plus is a space'],
    ['a=x%2By', { a: 'x+y' }, 'an escaped plus is a plus'],
    ['%6dode=login', { mode: 'login' }, 'keys may be percent-encoded'],
    ['a=100%', { a: '100%' }, 'a stray percent sign is itself'],
    ['a=%zz%4', { a: '%zz%4' }, 'a malformed escape is itself'],
    ['a=%41%6A', { a: 'Aj' }, 'hex digits of either case'],
    ['a=1;b=2', { a: '1;b=2' }, 'a semicolon does not separate'],
    ['a', { a: '' }, 'a key without a value'],
    ['a=', { a: '' }, 'an empty value'],
    ['=1', { '': '1' }, 'an empty key'],
    ['&&a=1&', { a: '1' }, 'empty fields are nothing'],
    ['a=b=c', { a: 'b=c' }, 'a value may hold an equals sign'],
    ['', {}, 'an empty body'],
    ['a=%C3%A9', { a: 'é' }, 'UTF-8, percent-encoded'],
    ['a=\xc3\xa9', { a: 'é' }, 'UTF-8, raw'],
    ['a=%EF%BB%BFx', { a: '\ufeffx' }, 'a byte-order mark inside a value is text'],
    ['a=%00', { a: '\0' }, 'a NUL'],
  ] as [string, object, string][])('%s -> %j: %s', (body, form) => {
    expect(decode(body)).toEqual(form);
  });

  test('bytes that are not UTF-8 stay as they are, without text', () => {
    expect(decode('a=caf%E9')).toEqual({ a: new Octets(bytes('caf\xe9'), undefined, 'text') });
  });

  test('the charset of the Content-Type decides the text and leaves the bytes', () => {
    expect(decode('a=%EF%F0%E8', 'windows-1251')).toEqual({
      a: new Octets(bytes('\xef\xf0\xe8'), 'при', 'text'),
    });
    expect(decode('a=plain', 'windows-1251')).toEqual({ a: 'plain' });
  });

  test('text that is not valid in the named charset is tried as UTF-8', () => {
    expect(decode('a=%C3%A9', 'shift_jis-unknown')).toEqual({ a: 'é' });
    expect(decode('a=%C3%A9', 'UTF-8')).toEqual({ a: 'é' });
  });

  test('__proto__ is a key like any other', () => {
    expect(fields(decodeForm(bytes('__proto__=1&constructor=2'), undefined))).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });

  test('a body of 256 KiB of escapes decodes', () => {
    const form = decodeForm(bytes(`a=${'%41'.repeat(87_000)}`), undefined);
    expect(form.get('a')).toHaveLength(87_000);
  });
});

test('only what is asked for is decoded: ten thousand undecodable fields cost no more than ten', () => {
  const body = `${'%e9=%e9&'.repeat(10_000)}expire_id_1=%e9&mode=x`;
  const decoding = vi.spyOn(TextDecoder.prototype, 'decode');
  const form = decodeForm(bytes(body), 'gb18030');
  expect([form.get('mode'), form.isTrue('expire_id_1'), form.isTrue('expire_id_2')]).toEqual([
    'x',
    true,
    false,
  ]);
  expect(decoding.mock.calls.length).toBeLessThan(10);
  decoding.mockRestore();
});

test('a form is no UTF-16, whatever its Content-Type says', () => {
  expect(decode('mode=login', 'utf-16le')).toEqual({ mode: 'login' });
});

describe('the charset parameter', () => {
  test.each([
    ['text/plain; charset=windows-1251', 'windows-1251'],
    ['application/x-www-form-urlencoded;CHARSET="utf-8"', 'utf-8'],
    ['application/x-www-form-urlencoded', undefined],
    ['application/x-www-form-urlescaped; foo=bar', undefined],
    [undefined, undefined],
  ])('%s -> %s', (contentType, charset) => {
    expect(charsetOf(contentType)).toBe(charset);
  });
});

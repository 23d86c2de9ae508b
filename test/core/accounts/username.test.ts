import { expect, test } from 'vitest';
import { parseUsername, readUsername } from '../../../core/accounts/username.ts';
import { Octets, type Value } from '../../../core/protocol/values.ts';

test.each([
  ['test', 'test'],
  [' \t\r\nTest\u00a0', 'test'],
  ['A-b_C', 'a_b_c'],
  ['12345', '12345'],
  ['_', '_'],
  ['--', '__'],
  ['x'.repeat(25), 'x'.repeat(25)],
  ['constructor', 'constructor'],
])('%j names %j', (text, name) => {
  expect(parseUsername(text)).toBe(name);
});

test.each([
  ['', 'nothing'],
  ['  ', 'blank'],
  ['x'.repeat(26), 'too long'],
  ['a b', 'a space'],
  ['a.b', 'a dot'],
  ['a\0b', 'a NUL'],
  ['test\nx', 'a second line'],
  ['\u212aim', 'a Kelvin sign, whose lower case is k'],
  ['\u0130', 'a dotted capital I'],
  ['\uff54est', 'a full-width t'],
  ['тест', 'Cyrillic'],
  ['a\u2010b', 'a hyphen that is not ASCII'],
  ['\u0661', 'an Arabic digit'],
])('%j is no name: %s', (text) => {
  expect(parseUsername(text)).toBeUndefined();
});

const bytes = (text?: string) => new Octets(new Uint8Array([1]), text, 'text');

test.each<[Value | undefined, object]>([
  [' Test ', { kind: 'named', username: 'test' }],
  [bytes('Test'), { kind: 'named', username: 'test' }],
  [undefined, { kind: 'missing' }],
  ['', { kind: 'missing' }],
  [' \n', { kind: 'missing' }],
  [bytes(''), { kind: 'missing' }],
  ['a b', { kind: 'malformed' }],
  [bytes(), { kind: 'malformed' }],
  [['test'], { kind: 'malformed' }],
  [new Map(), { kind: 'malformed' }],
])('the argument %o amounts to %o', (value, named) => {
  expect(readUsername(value)).toEqual(named);
});

import { expect, test } from 'vitest';
import { integerOf, isTrue, Octets, textOf, type Value, versionOf } from '../../../core/protocol/values.ts';

const octets = (text?: string) => new Octets(new Uint8Array([0xe9]), text, 'text');

test.each<[Value | undefined, boolean]>([
  [undefined, false],
  ['', false],
  ['0', false],
  [octets(''), false],
  [octets('0'), false],
  ['1', true],
  ['00', true],
  [' ', true],
  ['no', true],
  ['false', true],
  [octets('yes'), true],
  [octets(), true],
  [[], true],
  [new Map(), true],
])('isTrue(%o) is %j', (value, truth) => {
  expect(isTrue(value)).toBe(truth);
});

test.each<[Value | undefined, number]>([
  ['5', 5],
  [' +5\n', 5],
  ['-7', -7],
  [octets('12'), 12],
  ['1.5', 1],
  ['-1.5', -1],
  ['1.5.2', 0],
  ['.5', 0],
  ['0x10', 0],
  ['1e3', 0],
  ['5 apples', 0],
  ['\u0665', 0],
  ['', 0],
  [undefined, 0],
  [octets(), 0],
  [['5'], 0],
])('integerOf(%o) is %i', (value, number) => {
  expect(integerOf(value)).toBe(number);
});

test.each<[Record<string, Value>, 0 | 1]>([
  [{}, 0],
  [{ ver: '0' }, 0],
  [{ ver: '' }, 0],
  [{ ver: 'nonsense' }, 0],
  [{ ver: '-1' }, 0],
  [{ ver: '0.9' }, 0],
  [{ ver: octets() }, 0],
  [{ ver: new Map() }, 0],
  [{ ver: '1' }, 1],
  [{ ver: ' 1 ' }, 1],
  [{ ver: '1.0' }, 1],
  [{ ver: '99' }, 1],
  [{ ver: octets('1') }, 1],
  [{ version: '1' }, 1],
  [{ ver: '0', version: '1' }, 1],
])('of %o the protocol version is %i', (args, version) => {
  expect(versionOf(new Map(Object.entries(args)))).toBe(version);
});

test('only scalars that are text have a text', () => {
  const values: Value[] = ['a', octets('b'), octets(), ['a'], new Map()];
  expect(values.map(textOf)).toEqual(['a', 'b', undefined, undefined, undefined]);
});

import { describe, expect, test } from 'vitest';
import { macHex, md5Hex, parseMd5Hex, readable, sameText, sha256Hex } from '../../../core/auth/digest.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

test.each([
  ['', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['a', '0cc175b9c0f1b6a831c399e269772661'],
  ['abc', '900150983cd24fb0d6963f7d28e17f72'],
  ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
  ['abcdefghijklmnopqrstuvwxyz', 'c3fcd3d76192e4007dfb496cca67e13b'],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 'd174ab98d277d9f5a5611c2c9f419d9f'],
  ['1234567890'.repeat(8), '57edf4a22be3c955ac49da2e2107b67a'],
])('md5Hex of %j is what RFC 1321 A.5 says', (text, digest) => {
  expect(md5Hex(text)).toBe(digest);
  expect(md5Hex(utf8(text))).toBe(digest);
});

test('md5Hex of text is that of its UTF-8', () => {
  expect(md5Hex('пароль 🎉')).toBe(md5Hex(utf8('пароль 🎉')));
});

test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
])('sha256Hex of %j is what FIPS 180 says', (text, digest) => {
  expect(sha256Hex(text)).toBe(digest);
});

test.each([
  [1, new Uint8Array(20).fill(0x0b), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b'],
  [2, utf8('Jefe'), 'what do ya want for nothing?', '5bdcc146bf60754e6a042426089575c7'],
  [5, new Uint8Array(20).fill(0x0c), 'Test With Truncation', 'a3b6167473100ee06e0c796c2955552b'],
  [
    6,
    new Uint8Array(131).fill(0xaa),
    'Test Using Larger Than Block-Size Key - Hash Key First',
    '60e431591ee0b67f0d8a26aacbf5b77f',
  ],
])('macHex is test case %i of RFC 4231, cut to 128 bits', (_, key, text, mac) => {
  expect(macHex(key, text)).toBe(mac);
});

test.each([
  ['098f6bcd4621d373cade4e832627b4f6', '098f6bcd4621d373cade4e832627b4f6'],
  ['098F6BCD4621D373CADE4E832627B4F6', '098f6bcd4621d373cade4e832627b4f6'],
  ['098f6bcd4621d373cade4e832627b4f', undefined],
  ['098f6bcd4621d373cade4e832627b4f60', undefined],
  ['098f6bcd4621d373cade4e832627b4fg', undefined],
  ['098f6bcd4621d373cade4e832627b4f6\n', undefined],
  ['', undefined],
])('parseMd5Hex(%j) is %j', (text, digest) => {
  expect(parseMd5Hex(text)).toBe(digest);
});

describe('sameText', () => {
  test.each([
    ['', ''],
    ['a', 'a'],
    ['наука', 'наука'],
  ])('%j is %j', (a, b) => {
    expect(sameText(a, b)).toBe(true);
  });

  test.each([
    ['', 'a'],
    ['a', ''],
    ['a', 'aa'],
    ['aa', 'a'],
    ['abab', 'ab'],
    ['\0', ''],
    ['a', 'A'],
    ['\u0141', 'A'],
  ])('%j is not %j', (a, b) => {
    expect(sameText(a, b)).toBe(false);
  });

  test('a difference in any one place is seen', () => {
    const text = sha256Hex('text');
    for (let i = 0; i < text.length; i++) {
      expect(sameText(text, `${text.slice(0, i)}x${text.slice(i + 1)}`)).toBe(false);
    }
  });
});

test('readable gives every letter of its alphabet to as many bytes as any other', () => {
  const text = readable(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  const counts = Map.groupBy(text, (letter) => letter);
  expect([...counts.keys()].toSorted().join('')).toBe('234567abcdefghijklmnopqrstuvwxyz');
  for (const letters of counts.values()) expect(letters).toHaveLength(8);
});

/** The digests that need nothing of the runtime, held to published values. */
import { expect, test } from 'vitest';
import { digests } from '../../../core/auth/portable-digests.ts';

test('MD5 of text and of bytes is that of RFC 1321', () => {
  expect(digests.md5('message digest')).toBe('f96b697d7cb7938d525a2f31aaf161d0');
  expect(digests.md5(new TextEncoder().encode('abc'))).toBe('900150983cd24fb0d6963f7d28e17f72');
});

test('SHA-256 is that of FIPS 180-4, and takes text as UTF-8', () => {
  expect(digests.sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(digests.sha256('é')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c');
});

test('the MAC is HMAC-SHA-256 as in RFC 4231', () => {
  expect(digests.mac(new TextEncoder().encode('Jefe'), 'what do ya want for nothing?')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});

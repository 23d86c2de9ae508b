/** Node's digests in place of the core's own: no result may differ. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainDigests } from '../../core/digest.ts';
import { nodeDigests } from '../../infra/node-digests.ts';

const text = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 200 });
const bytes = fc.uint8Array({ maxLength: 200 });

test('every digest is the same, of halves of characters, too, and under keys of any length', () => {
  fc.assert(
    fc.property(text, bytes, (said, key) => {
      expect(nodeDigests.md5(said)).toBe(plainDigests.md5(said));
      expect(nodeDigests.md5(key)).toBe(plainDigests.md5(key));
      expect(nodeDigests.sha256(said)).toBe(plainDigests.sha256(said));
      expect(nodeDigests.mac(key, said)).toBe(plainDigests.mac(key, said));
      expect(nodeDigests.mac(key, said)).toBe(plainDigests.mac(key, said));
    }),
    { numRuns: 500, seed: 1 },
  );
});

/** Node's digests in place of the core's own: no result may differ. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digests as portable } from '../../../core/auth/portable-digests.ts';
import { digests as node } from '../../../infra/passwords/node-digests.ts';

const text = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 200 });
const bytes = fc.uint8Array({ maxLength: 200 });

test('every digest is the same, of halves of characters, too, and under keys of any length', () => {
  fc.assert(
    fc.property(text, bytes, (said, key) => {
      expect(node.md5(said)).toBe(portable.md5(said));
      expect(node.md5(key)).toBe(portable.md5(key));
      expect(node.sha256(said)).toBe(portable.sha256(said));
      expect(node.mac(key, said)).toBe(portable.mac(key, said));
      expect(node.mac(key, said)).toBe(portable.mac(key, said));
    }),
    { numRuns: 500, seed: 1 },
  );
});

test('Node computes its digests by its own crypto', async () => {
  expect((await import('#digests')).digests).toBe(node);
});

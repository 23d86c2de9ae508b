/** The caller's address behind CloudFront: believed with the proof, and never without. */
import { describe, expect, test } from 'vitest';
import { edgeAddress } from '../../../functions/http/address.ts';

const proof = 'Zk3vQ8xNpL5tR7wYcB2mHsJ4dGfA9uEe';
const address = '198.51.100.1';

describe('with the proof', () => {
  test.each([
    ['203.0.113.7:4711', '203.0.113.7'],
    ['2001:db8:85a3:8d3:1319:8a2e:370:7348:46532', '2001:db8:85a3:8d3:1319:8a2e:370:7348'],
    ['2001:db8::1:46532', '2001:db8::1'],
    ['[2001:db8::1]:46532', '2001:db8::1'],
  ])('the viewer %s is %s', (viewer, expected) => {
    expect(edgeAddress({ address, viewer, proof }, proof)).toBe(expected);
  });

  test.each([undefined, '', '203.0.113.7', 'unknown:80', ':80', '203.0.113.7:80, 203.0.113.8:80'])(
    'a viewer that is none, %s, leaves the other end of the connection',
    (viewer) => {
      expect(edgeAddress({ address, viewer, proof }, proof)).toBe(address);
    },
  );
});

describe('a client that only claims to be CloudFront is held to its own address', () => {
  const viewer = '203.0.113.7:4711';

  test.each<[string, string | undefined, string | undefined]>([
    ['without a proof', undefined, proof],
    ['with an empty proof', '', proof],
    ['with a wrong proof', proof.toLowerCase(), proof],
    ['with a part of the proof', proof.slice(0, -1), proof],
    ['with the proof twice', `${proof},${proof}`, proof],
    ['where there is no edge', proof, undefined],
    ['where there is no edge, with an empty proof', '', undefined],
  ])('%s', (_, given, expected) => {
    expect(edgeAddress({ address, viewer, proof: given }, expected)).toBe(address);
  });
});

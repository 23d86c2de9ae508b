/** The caller's address behind proxies, load balancers and CloudFront: believed of those alone. */
import { describe, expect, test } from 'vitest';
import { callerAddress, edgeAddress, lastForwarded } from '../../../functions/runtime/caller-address.ts';
import { parseProxies } from '../../../infra/parse-address.ts';

const proof = 'Zk3vQ8xNpL5tR7wYcB2mHsJ4dGfA9uEe';
const address = '198.51.100.1';

describe('behind a trusted proxy', () => {
  const proxies = parseProxies('10.0.0.1, 172.16.0.0/12, fd00::/8');
  const from = (forwardedFor: string | undefined, peer = '10.0.0.1') =>
    callerAddress({ address: peer, forwardedFor }, proxies);

  test.each([
    ['203.0.113.7', '203.0.113.7', 'an address'],
    ['203.0.113.7:51001', '203.0.113.7', 'with a port, as Azure and some HAProxy set-ups write it'],
    ['[2001:db8::1]:51001', '2001:db8::1', 'IPv6 with a port'],
    ['[2001:db8::1]', '2001:db8::1', 'IPv6 in brackets'],
    ['2001:db8::1', '2001:db8::1', 'IPv6'],
    ['"[2001:db8::1]:51001"', '2001:db8::1', 'in quotes, as RFC 7239 has it'],
    ['::ffff:203.0.113.7', '::ffff:203.0.113.7', 'IPv4 in IPv6'],
    ['198.51.100.9, 203.0.113.7', '203.0.113.7', 'the last, whatever the client sent before'],
    ['203.0.113.7, 172.20.1.1', '203.0.113.7', 'before another trusted proxy'],
    ['198.51.100.9,203.0.113.7:1,172.20.1.1:80, 10.0.0.1', '203.0.113.7', 'before several'],
    ['172.20.1.1', '172.20.1.1', 'a trusted machine that calls by itself'],
  ])('%s is %s: %s', (header, expected) => {
    expect(from(header)).toBe(expected);
  });

  test.each([
    'unknown',
    '_hidden',
    '203.0.113',
    '203.0.113.7:x',
    '[2001:db8::1',
    '198.51.100.9, unknown',
    ',',
  ])('what nobody can read, %s, is nobody: the proxy is shared by all callers', (header) => {
    expect(from(header)).toBeUndefined();
  });

  test('who is no trusted proxy is taken for himself, whatever he forwards', () => {
    expect(from('203.0.113.7', '10.0.0.2')).toBe('10.0.0.2');
    expect(from('203.0.113.7', '::ffff:10.0.0.1')).toBe('203.0.113.7');
    expect(callerAddress({ address: '10.0.0.1', forwardedFor: '203.0.113.7' }, undefined)).toBe('10.0.0.1');
  });

  test('what a client sent before is not read, however much it is', () => {
    const started = performance.now();
    const header = `${','.repeat(15_000)}203.0.113.7`;
    for (let i = 0; i < 20; i++) expect(from(header)).toBe('203.0.113.7');
    // Reading all of it takes half a second each time.
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('a request without the header is of the proxy’s own machine', () => {
    expect(from(undefined)).toBe('10.0.0.1');
  });

  test.each(['10.0.0.0/33', 'proxy.example', '', '10.0.0.1,'])('%s is no list of proxies', (text) => {
    expect(() => parseProxies(text)).toThrow('wants IP addresses or networks');
  });
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['198.51.100.9, 203.0.113.7:51001', '203.0.113.7'],
  ['unknown', undefined],
  [undefined, undefined],
])('a load balancer that says %s means %s', (header, expected) => {
  expect(lastForwarded(header)).toBe(expected);
});

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
    'a viewer that is none, %s, is nobody: the other end is shared by all viewers',
    (viewer) => {
      expect(edgeAddress({ address, viewer, proof }, proof)).toBeUndefined();
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

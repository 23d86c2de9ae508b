import { expect, test } from 'vitest';
import { networkOf } from '../../../core/auth/network.ts';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['255.255.255.255', '255.255.255.255'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:c000:0201', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002:ffff::9', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::', '2001:db8:1:3::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['64:ff9b::c000:201', '192.0.2.1'],
  ['64:ff9b::192.0.2.1', '192.0.2.1'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('a caller at %s is in the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each([
  undefined,
  '',
  ' 192.0.2.1',
  '192.0.2.256',
  '192.0.2.1:80',
  '[::1]',
  '2001:db8::1::2',
  '2001:db8::/64',
  'localhost',
  'unknown',
  '192.0.2.1, 192.0.2.2',
  'x'.repeat(10_000),
])('%j is no address: such callers are counted together', (address) => {
  expect(networkOf(address)).toBe('unknown');
});

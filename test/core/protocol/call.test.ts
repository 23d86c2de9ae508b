import { expect, test } from 'vitest';
import { checkArguments } from '../../../core/protocol/call.ts';
import { isMethod, type Method } from '../../../core/protocol/methods/table.ts';
import { Octets, type Value } from '../../../core/protocol/values.ts';

const bytes = Uint8Array.of(0xe9);
const text = new Octets(bytes, undefined, 'text');
const base64 = new Octets(bytes, undefined, 'binary');

const verdict = (args: Record<string, Value>, method: Method = 'login') => {
  const outcome = checkArguments(method, new Map(Object.entries(args)));
  return outcome.ok
    ? 'fine'
    : `${outcome.refusal.code} ${'detail' in outcome.refusal ? outcome.refusal.detail : ''}`;
};

test.each<[string, Record<string, Value>, string]>([
  ['nothing at all', {}, 'fine'],
  ['a list for a scalar', { getcaps: ['1'] }, '203 getcaps'],
  ['a struct for a scalar', { getmoods: new Map() }, '203 getmoods'],
  ['a list for the version', { ver: ['1'] }, '203 ver'],
  ['a list for a credential, which does not hold', { password: ['test'], auth_response: [] }, 'fine'],
  ['any shape for an argument of another method', { expire: new Map(), ipfixed: [] }, 'fine'],
  ['a list for expire, whatever is in it', { expire: ['1', ['2'], new Map(), text] }, 'fine'],
  ['a scalar for expire', { expire: '1' }, 'fine'],
  ['any shape for an argument that nothing reads', { props: new Map(), tags: ['a'] }, 'fine'],
  ['undecoded text for version 0', { clientversion: text }, 'fine'],
  ['undecoded text for version 1', { ver: '1', clientversion: text }, '208 clientversion'],
  ['an undecoded password for version 1', { ver: '1', password: text }, '208 password'],
  ['a base64 password for version 1', { ver: '1', password: base64 }, 'fine'],
  ['other base64 that is no text for version 1', { ver: '1', clientversion: base64 }, '208 clientversion'],
  ['decoded text for version 1', { ver: '1', clientversion: new Octets(bytes, 'é', 'text') }, 'fine'],
])('%s', (_, args, expected) => {
  expect(verdict(args)).toBe(expected);
});

test('a struct for expire is refused where it is read', () => {
  expect(verdict({ expire: new Map() }, 'sessionexpire')).toBe('203 expire');
});

test('methods go by their exact names', () => {
  const names = ['login', 'getchallenge', 'Login', 'constructor', '__proto__', ''];
  expect(names.filter(isMethod)).toEqual(['login', 'getchallenge']);
});

import { expect, test } from 'vitest';
import { sessionClaims } from '../../../core/sessions/cookies.ts';
import { named } from '../../support/site.ts';

/** Claims as `OWNER:ID:AUTH`. */
const found = (header: string | undefined) =>
  sessionClaims(header).map(({ owner, id, auth }) => `${owner}:${id}:${auth}`);

test.each<[string | undefined, readonly string[], string]>([
  ['ljsession=ws:test:1:abc', ['test:1:abc'], 'plain'],
  ['ljsession="ws:test:1:abc"', ['test:1:abc'], 'in double quotes'],
  ['ljsession=ws%3Atest%3a1%3Aabc', ['test:1:abc'], 'URL-encoded'],
  ['ljsession="ws%3Atest%3A1%3Aabc"', ['test:1:abc'], 'URL-encoded in double quotes'],
  [' ljsession = ws:test:1:abc ;', ['test:1:abc'], 'white space around'],
  ['a=b;ljsession=ws:test:1:abc;c', ['test:1:abc'], 'no space after the semicolon'],
  ['$Version="1"; ljsession="ws:test:1:abc"; $Path="/"', ['test:1:abc'], 'RFC 2109 attributes'],
  ['ljsession=ws:a:1:x; ljsession=ws:b:2:y', ['a:1:x', 'b:2:y'], 'several, in order'],
  ['ljsession=ws:a:1:x, ljsession=ws:b:2:y', ['a:1:x', 'b:2:y'], 'headers joined with a comma'],
  ['ljmastersession=ws:test:1:abc', ['test:1:abc'], 'the older name'],
  ['ljmastersession=ws:a:1:x; ljsession=ws:b:2:y', ['b:2:y', 'a:1:x'], 'both names: ljsession first'],
  ['ljsession=v1:u2:s3:abc; ljmastersession=ws:a:1:x', ['a:1:x'], 'an old value is no candidate'],
  ['x=1, ljsession=ws:a:1:x; ljmastersession=ws:b:2:y', ['b:2:y', 'a:1:x'], 'behind a comma comes last'],
  ['ljsession=; ljmastersession=ws:a:1:x', ['a:1:x'], 'an empty one is absent'],
  ['ljsession=rubbish; ljsession=ws:b:2:y', ['b:2:y'], 'rubbish is passed over'],
  ['ljsession=%; ljsession=%ff; ljsession=ws:b:2:y', ['b:2:y'], 'so is broken URL-encoding'],
  ['ljsession=ws:test:1:abc=', [], 'with something behind'],
  ['xljsession=ws:test:1:abc; ljsessionx=ws:test:1:abc', [], 'names that only contain it'],
  ['LJSESSION=ws:test:1:abc', [], 'cookie names are case-sensitive'],
  ['ljsession', [], 'a name without a value'],
  ['=ws:test:1:abc', [], 'a value without a name'],
  ['', [], 'an empty header'],
  [undefined, [], 'no header'],
])('%j offers %j: %s', (header, claims) => {
  expect(found(header)).toEqual(claims);
});

test('those of the account that is asked for come first, in their order', () => {
  const header = 'ljsession=ws:a:1:x; ljsession=ws:b:2:y; ljmastersession=ws:b:3:z';
  expect(sessionClaims(header, named('b')).map(({ id }) => id)).toEqual([2, 3, 1]);
});

test("ten sessions of others do not hide one's own", () => {
  const others = Array.from({ length: 20 }, (_, i) => `ljsession=ws:other:${i + 1}:abc`);
  const header = [...others, 'ljsession=ws:test:99:abc'].join('; ');
  expect(sessionClaims(header, named('test'))[0]).toMatchObject({ owner: 'test', id: 99 });
});

test('a header full of sessions is looked at no further than the tenth', () => {
  const header = Array.from({ length: 1000 }, (_, i) => `ljsession=ws:test:${i + 1}:abc`).join('; ');
  expect(found(header)).toHaveLength(10);
});

import { expect, test } from 'vitest';
import { sessionClaims } from '../../core/cookies.ts';

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
  ['ljmastersession=ws:a:1:x; ljsession=ws:b:2:y', ['b:2:y'], 'both names: ljsession alone counts'],
  ['ljsession=x; ljmastersession=ws:a:1:x', [], 'also where it is rubbish'],
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

test('a header full of sessions is looked at no further than the tenth', () => {
  const header = Array.from({ length: 1000 }, (_, i) => `ljsession=ws:test:${i + 1}:abc`).join('; ');
  expect(found(header)).toHaveLength(10);
});

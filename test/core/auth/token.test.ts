import { expect, test } from 'vitest';
import { parseToken, parseTokenId, type TokenId, tokenText } from '../../../core/auth/token.ts';

const [id, secret] = ['a2b3c4d5' as TokenId, 'abcdefghijklmnopqrstuvwxyz234567'];
const text = `ljgate_${id}_${secret}`;

test('a token is shown with its id, and read back', () => {
  expect(tokenText({ id, secret })).toBe(text);
  expect(parseToken(text)).toEqual({ id, secret });
  expect(parseTokenId(id)).toBe(id);
});

test.each([
  '',
  ` ${text}`,
  `${text} `,
  `${text}a`,
  text.slice(0, -1),
  text.toUpperCase(),
  text.replace('a2', 'a1'),
  'ljgate__',
])('%j is no token', (other) => {
  expect(parseToken(other)).toBeUndefined();
});

test.each(['', 'a2b3c4d', 'a2b3c4d5e', 'A2B3C4D5', 'a2b3c4d1', '#a2b3c4d'])(
  '%j is no id of a token',
  (other) => {
    expect(parseTokenId(other)).toBeUndefined();
  },
);

import { describe, expect, test } from 'vitest';
import { type AccountLine, parseAccountLine } from '../../../core/accounts/account-line.ts';
import { md5Hex } from '../../../core/auth/digest.ts';

function lineOf(json: object): AccountLine {
  const parsed = parseAccountLine({ username: 'test', ...json });
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.line;
}

function reasonFor(value: unknown): string {
  const parsed = parseAccountLine(value);
  return parsed.ok ? 'nothing' : parsed.reason;
}

describe('an account line', () => {
  test('needs a username and nothing else', () => {
    expect(lineOf({})).toEqual({
      username: 'test',
      status: 'active',
      friendgroups: [],
      usejournals: [],
      pictures: [],
      fastserver: false,
      caps: 0,
      clientkeys: [],
      challenge: true,
    });
  });

  test('may say everything', () => {
    const json = {
      username: 'test',
      userid: 3,
      fullname: 'Test Account',
      password: 'test',
      status: 'readonly',
      message: 'Hello',
      friendgroups: [{ id: 30, name: 'Family', sortorder: 255, public: true }],
      usejournals: ['test2'],
      pictures: [{ keyword: 'happy', url: 'https://example.com/1' }],
      defaultpicurl: 'http://example.com/2',
      fastserver: true,
      caps: 2 ** 31 - 1,
      clientkeys: [{ name: 'laptop', secret: '0123456789abcdef' }],
      challenge: false,
    };
    expect(parseAccountLine(JSON.parse(JSON.stringify(json)))).toEqual({ ok: true, line: json });
  });

  test('has its names made canonical, and each journal once', () => {
    const line = lineOf({ username: ' Some-One ', usejournals: ['News-Desk', 'news_desk', 'b'] });
    expect(line.username).toBe('some_one');
    expect(line.usejournals).toEqual(['news_desk', 'b']);
  });

  test('has its friend groups private and in the middle unless it says otherwise', () => {
    expect(lineOf({ friendgroups: [{ id: 1, name: 'a' }] }).friendgroups).toEqual([
      { id: 1, name: 'a', sortorder: 50, public: false },
    ]);
  });

  const group = { id: 1, name: 'a' };
  const picture = { keyword: 'a', url: 'https://example.com/' };
  const secret = 'correct horse battery';
  test.each<[unknown, string]>([
    [null, 'must be an object'],
    ['text', 'must be an object'],
    [[], 'username: is missing'],
    [{ userid: 3 }, 'username: is missing'],
    [{ username: 7 }, 'username: must be text, got 7'],
    [{ username: 'a b' }, 'username: must be 1 to 25 letters, digits, hyphens or underscores, got "a b"'],
    [{ username: 'a', nickname: 'b' }, 'nickname: is not a known field'],
    [{ username: 'a', 'nick\nname': 'b' }, '["nick\\nname"]: is not a known field'],
    [JSON.parse('{"username":"a","__proto__":{}}'), '__proto__: is not a known field'],
    [{ username: 'a', userid: 0 }, 'userid: must be between 1 and 2147483647, got 0'],
    [{ username: 'a', userid: 2 ** 31 }, 'userid: must be between 1 and 2147483647, got 2147483648'],
    [{ username: 'a', userid: '3' }, 'userid: must be a whole number, got "3"'],
    [{ username: 'a', userid: 1.5 }, 'userid: must be a whole number, got 1.5'],
    [{ username: 'a', fullname: 'x'.repeat(256) }, 'fullname: must be at most 255 characters long'],
    [{ username: 'a', fullname: null }, 'fullname: must be text, got null'],
    [
      { username: 'a', status: 'gone' },
      'status: must be one of active, readonly, deleted, locked, suspended, memorial, expunged, got "gone"',
    ],
    [{ username: 'a', friendgroups: {} }, 'friendgroups: must be a list'],
    [{ username: 'a', friendgroups: [group, 1] }, 'friendgroups[1]: must be an object'],
    [
      { username: 'a', friendgroups: [{ id: 77, name: 'a' }] },
      'friendgroups[0].id: must be between 1 and 30, got 77',
    ],
    [{ username: 'a', friendgroups: [{ id: 1, name: '' }] }, 'friendgroups[0].name: must not be empty'],
    [{ username: 'a', friendgroups: [{ id: 1 }] }, 'friendgroups[0].name: is missing'],
    [
      { username: 'a', friendgroups: [{ ...group, sortorder: 256 }] },
      'friendgroups[0].sortorder: must be between 0 and 255, got 256',
    ],
    [
      { username: 'a', friendgroups: [{ ...group, public: 1 }] },
      'friendgroups[0].public: must be true or false, got 1',
    ],
    [{ username: 'a', friendgroups: [group, group] }, 'friendgroups: two have the id 1'],
    [
      { username: 'a', usejournals: ['b', 'c!'] },
      'usejournals[1]: must be 1 to 25 letters, digits, hyphens or underscores, got "c!"',
    ],
    [{ username: 'a', pictures: [{ ...picture, keyword: '' }] }, 'pictures[0].keyword: must not be empty'],
    [{ username: 'a', pictures: [picture, picture] }, 'pictures: two have the keyword "a"'],
    ...[
      'javascript:alert(1)',
      '//example.com/',
      'https://',
      'https://exa mple.com/',
      'ftp://example.com/',
    ].map((url): [unknown, string] => [
      { username: 'a', pictures: [{ ...picture, url }] },
      `pictures[0].url: must be an http or https URL, got "${url}"`,
    ]),
    [{ username: 'a', defaultpicurl: 'x' }, 'defaultpicurl: must be an http or https URL, got "x"'],
    [{ username: 'a', fastserver: 'yes' }, 'fastserver: must be true or false, got "yes"'],
    [{ username: 'a', caps: -1 }, 'caps: must be between 0 and 2147483647, got -1'],
    [{ username: 'a', challenge: 'off' }, 'challenge: must be true or false, got "off"'],
    [{ username: 'a', password: '' }, 'password: must not be empty'],
    [{ username: 'a', password: [secret] }, 'password: must be text'],
    [{ username: 'a', passwordMd5: secret }, 'passwordMd5: must be 32 hexadecimal digits'],
    [{ username: 'a', passwordMd5: md5Hex('') }, 'passwordMd5: must not be the digest of an empty password'],
    [
      { username: 'a', password: secret, passwordMd5: md5Hex('b') },
      'password, passwordMd5, passwordBcrypt: no more than one must be given',
    ],
    [{ username: 'a', clientkeys: secret }, 'clientkeys: must be a list'],
    [{ username: 'a', clientkeys: [secret] }, 'clientkeys[0]: must be an object'],
    [{ username: 'a', clientkeys: [{ name: 'k' }] }, 'clientkeys[0].secret: is missing'],
    ...['a\nb', 'a\u202eb', 'a\u200bb', 'a\u2028b'].map((name): [object, string] => [
      { username: 'a', clientkeys: [{ name, secret }] },
      'clientkeys[0].name: must have printable characters only',
    ]),
    [
      { username: 'a', clientkeys: [{ name: 'k', secret: secret.slice(0, 15) }] },
      'clientkeys[0].secret: must be at least 16 characters long',
    ],
    [
      {
        username: 'a',
        clientkeys: [
          { name: 'k', secret },
          { name: 'k', secret },
        ],
      },
      'clientkeys: two have the name "k"',
    ],
  ])('that is wrong (%#) is refused by field', (value, reason) => {
    expect(reasonFor(value)).toBe(reason);
    expect(reasonFor(value)).not.toContain(secret.slice(0, 8));
  });

  test('is quoted in short', () => {
    expect(reasonFor({ username: 'x'.repeat(10_000) }).length).toBeLessThan(200);
  });
});

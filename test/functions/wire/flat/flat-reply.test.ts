import { describe, expect, test } from 'vitest';
import { writeReply } from '../../../../functions/wire/flat/flat-reply.ts';
import { resultPairs } from '../../../../functions/wire/flat/flat-results.ts';
import { named } from '../../../support/site.ts';

describe('writing a flat reply', () => {
  test('key LF value LF, keys in ASCII order, with a final LF', () => {
    const pairs = [
      ['success', 'OK'],
      ['pickw_10', 'ten'],
      ['pickw_2', 'two'],
      ['Z', 'upper case first'],
      ['auth_scheme', 'c0'],
    ] as const;
    expect(writeReply(pairs, 'lines')).toBe(
      'Z\nupper case first\nauth_scheme\nc0\npickw_10\nten\npickw_2\ntwo\nsuccess\nOK\n',
    );
  });

  test('CR and LF leave values, or they would shift every later line', () => {
    expect(writeReply([['message', 'one\r\ntwo\nthree\rfour']], 'lines')).toBe('message\nonetwothreefour\n');
  });

  test('text that cannot be sent leaves as a question mark per bad character', () => {
    expect(writeReply([['name', 'a\ud800b\0c\uffffd']], 'lines')).toBe('name\na?b?c?d\n');
    expect(writeReply([['name', '名前 🎉']], 'lines')).toBe('name\n名前 🎉\n');
  });

  test('responseenc=urlenc writes key=value& pairs in the same order', () => {
    const pairs = [
      ['success', 'OK'],
      ['name', 'Ünï & co = 100% + me'],
    ] as const;
    expect(writeReply(pairs, 'urlenc')).toBe('name=%C3%9Cn%C3%AF+%26+co+%3D+100%25+%2B+me&success=OK&');
  });
});

describe('menus on the flat wire', () => {
  const login = { userid: 1, username: named('x'), fullname: 'x', friendgroups: [], usejournals: [] };

  test('menu 0 is the root, items count from 1, submenus are numbered where they first appear', () => {
    const menus = [
      { text: 'Home', url: 'https://example.com/' },
      {
        text: 'First',
        sub: [
          { text: 'Inner', sub: [{ text: 'Deep', url: 'https://example.com/deep' }] },
          { text: '-' as const },
        ],
      },
      { text: 'Second', sub: [] },
    ];
    const pairs = Object.fromEntries(resultPairs({ method: 'login', value: { ...login, menus } }));
    const menuPairs = Object.fromEntries(Object.entries(pairs).filter(([key]) => key.startsWith('menu_')));
    expect(menuPairs).toEqual({
      menu_0_count: '3',
      menu_0_1_text: 'Home',
      menu_0_1_url: 'https://example.com/',
      menu_0_2_text: 'First',
      menu_0_2_sub: '1',
      menu_0_3_text: 'Second',
      menu_0_3_sub: '3',
      menu_1_count: '2',
      menu_1_1_text: 'Inner',
      menu_1_1_sub: '2',
      menu_1_2_text: '-',
      menu_2_count: '1',
      menu_2_1_text: 'Deep',
      menu_2_1_url: 'https://example.com/deep',
      menu_3_count: '0',
    });
  });
});

import { describe, expect, test } from 'vitest';
import type { LoginResult } from '../../../../core/protocol/methods/login.ts';
import { wellFormed } from '../../../../functions/wire/xmlrpc/well-formed.ts';
import { readTree } from '../../../../functions/wire/xmlrpc/xml-tree.ts';
import { writeResponse } from '../../../../functions/wire/xmlrpc/xmlrpc-reply.ts';
import { named } from '../../../support/site.ts';
import { array, ask, callOf, loginCall, resultIn, struct, stubGateway, value } from './xmlrpc-calls.ts';

const int = (number: number) => `<int>${number}</int>`;
const string = (text: string) => `<string>${text}</string>`;
const inner = (whole: string) => whole.slice('<value>'.length, -'</value>'.length);

describe('results', () => {
  test('getchallenge', async () => {
    const challenge = { challenge: 'c0:a', authScheme: 'c0', expireTime: 1060, serverTime: 1000 } as const;
    const gateway = stubGateway({ ok: true, value: { method: 'getchallenge', value: challenge } });
    expect(resultIn(await ask(gateway, callOf('LJ.XMLRPC.getchallenge')))).toBe(
      struct({
        challenge: string('c0:a'),
        auth_scheme: string('c0'),
        expire_time: int(1060),
        server_time: int(1000),
      }),
    );
  });

  test('sessiongenerate', async () => {
    const result = { method: 'sessiongenerate', value: { ljsession: 'ws:test:1:a' } } as const;
    expect(resultIn(await ask(stubGateway({ ok: true, value: result }), loginCall()))).toBe(
      struct({ ljsession: string('ws:test:1:a') }),
    );
  });

  test('sessionexpire', async () => {
    const result = { method: 'sessionexpire', value: undefined } as const;
    expect(resultIn(await ask(stubGateway({ ok: true, value: result }), loginCall()))).toBe(
      '<value><struct/></value>',
    );
  });

  const login = async (result: LoginResult) =>
    resultIn(await ask(stubGateway({ ok: true, value: { method: 'login', value: result } }), loginCall()));

  test('login, with nothing but what it always has', async () => {
    const bare = { userid: 3, username: named('x'), fullname: '777', friendgroups: [], usejournals: [] };
    expect(await login(bare)).toBe(
      struct({
        userid: int(3),
        username: string('x'),
        fullname: string('777'),
        friendgroups: '<array><data/></array>',
        usejournals: '<array><data/></array>',
      }),
    );
  });

  test('login, with everything, its members in order and each of its type', async () => {
    const full: LoginResult = {
      menus: [
        { text: 'Home', url: 'http://x/?a=1&b' },
        { text: '-' },
        { text: 'More', sub: [{ text: 'Sub', sub: [] }] },
      ],
      pickwurls: ['http://x/1'],
      pickws: ['true'],
      moods: [{ id: 2, name: '0x10', parent: 0 }],
      usejournals: ['777', 'news'],
      friendgroups: [
        { id: 1, name: '5', sortorder: 0, public: false },
        { id: 30, name: '', sortorder: 255, public: true },
      ],
      caps: 0,
      fastserver: 1,
      defaultpicurl: '',
      message: 'Hi',
      username: named('test'),
      fullname: 'Тест',
      userid: 2147483647,
    };
    expect(await login(full)).toBe(
      struct({
        userid: int(2147483647),
        username: string('test'),
        fullname: string('Тест'),
        message: string('Hi'),
        defaultpicurl: string(''),
        fastserver: int(1),
        caps: int(0),
        friendgroups: inner(
          array(
            struct({ id: int(1), name: string('5'), sortorder: int(0), public: int(0) }),
            struct({ id: int(30), name: string(''), sortorder: int(255), public: int(1) }),
          ),
        ),
        usejournals: inner(array(value(string('777')), value(string('news')))),
        moods: inner(array(struct({ id: int(2), name: string('0x10'), parent: int(0) }))),
        pickws: inner(array(value(string('true')))),
        pickwurls: inner(array(value(string('http://x/1')))),
        menus: inner(
          array(
            struct({ text: string('Home'), url: string('http://x/?a=1&amp;b') }),
            struct({ text: string('-') }),
            struct({
              text: string('More'),
              sub: inner(array(struct({ text: string('Sub'), sub: '<array><data/></array>' }))),
            }),
          ),
        ),
      }),
    );
  });
});

describe('text', () => {
  test.each([
    ['markup', '<b> & "c" \' ]]>'],
    ['what looks like a reference', '&lt; &amp; &nbsp; &#65; &#x41; &no;pe; &;'],
    ['CR, LF and TAB', 'a\r\nb\rc\n\td '],
    ['characters beyond ASCII', 'é т 中 😀 \u0085 \u2028 \ufeff'],
    ['nothing', ''],
    ['white space', ' \n '],
    ['markup that is none', '<!-- a --> <![CDATA[b]]> <?c?> </string>'],
  ])('%s arrives as it was sent', (_what, text) => {
    const [params] = readTree(wellFormed(writeResponse(text))).children;
    expect(params?.children[0]?.children[0]?.children[0]).toEqual({ name: 'string', text, children: [] });
  });

  test('what XML does not allow leaves as a question mark', () => {
    expect(writeResponse('a\u0000b\u001bc\ud800d\ufffee\uffff')).toContain('<string>a?b?c?d?e?</string>');
  });
});

test('a document has a declaration and no white space between its elements', async () => {
  const reply = await ask(stubGateway(), loginCall());
  expect(reply.contentType).toBe('text/xml; charset=utf-8');
  expect(reply.body).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?><methodResponse>/);
  expect(reply.body).not.toMatch(/>\s+</);
});

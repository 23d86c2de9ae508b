import { describe, expect, test } from 'vitest';
import { createGateway } from '../../../../core/protocol/gateway.ts';
import { defaultSettings } from '../../../../core/protocol/gateway-settings.ts';
import type { Refusal } from '../../../../core/protocol/refusal.ts';
import { xmlrpcEndpoint } from '../../../../functions/wire/xmlrpc/xmlrpc-endpoint.ts';
import { testAccount, testPorts } from '../../../support/ports.ts';
import { requestFacts } from '../../../support/request-facts.ts';
import {
  array,
  ask,
  bytes,
  callOf,
  context,
  faultIn,
  loginCall,
  resultIn,
  struct,
  stubGateway,
  value,
} from './xmlrpc-calls.ts';

const challenge = { challenge: 'c0:1', authScheme: 'c0', expireTime: 60, serverTime: 0 } as const;
const challenging = () => stubGateway({ ok: true, value: { method: 'getchallenge', value: challenge } });

describe('what reaches the gateway', () => {
  test.each(['login', 'sessiongenerate', 'sessionexpire'] as const)(
    '%s, with its account',
    async (method) => {
      const gateway = stubGateway();
      await ask(
        gateway,
        callOf(`LJ.XMLRPC.${method}`, struct({ username: ' Test-User ', ver: '<int>1</int>' })),
      );
      expect(gateway.calls).toEqual([
        {
          method,
          username: 'test_user',
          args: new Map([
            ['username', ' Test-User '],
            ['ver', '1'],
          ]),
          context,
        },
      ]);
    },
  );

  test.each([
    ['an int', '<int>12345</int>', '12345'],
    ['base64', '<base64>dGVzdA==</base64>', 'test'],
    ['a bare value', 'TEST', 'test'],
  ])('a username that arrives as %s', async (_what, inner, username) => {
    const gateway = stubGateway();
    await ask(gateway, loginCall({ username: inner }));
    expect(gateway.calls).toMatchObject([{ username }]);
  });

  test.each([
    ['no params element', '<methodCall><methodName>LJ.XMLRPC.getchallenge</methodName></methodCall>'],
    ['empty params', '<methodCall><methodName>LJ.XMLRPC.getchallenge</methodName><params /></methodCall>'],
    ['an empty struct', callOf('LJ.XMLRPC.getchallenge', struct({}))],
    ['an empty value', callOf('LJ.XMLRPC.getchallenge', '<value />')],
    ['a nil', callOf('LJ.XMLRPC.getchallenge', value('<nil/>'))],
    ['credentials', callOf('LJ.XMLRPC.getchallenge', struct({ username: '!', password: '' }))],
  ])('getchallenge with %s', async (_what, body) => {
    const gateway = challenging();
    const reply = await ask(gateway, body);
    expect(gateway.calls).toMatchObject([{ method: 'getchallenge' }]);
    expect(reply.reports).toEqual([{ method: 'getchallenge', outcome: 'ok' }]);
    expect(faultIn(reply)).toBeUndefined();
  });
});

describe('what is refused before it', () => {
  const user = struct({ username: 'test' });

  test.each([
    [
      'an unknown method',
      callOf('LJ.XMLRPC.postevent', user),
      201,
      'Client error: Unknown method: LJ.XMLRPC.postevent',
    ],
    [
      'a long name',
      callOf(`LJ.XMLRPC.${'x'.repeat(200)}`, user),
      201,
      `Client error: Unknown method: LJ.XMLRPC.${'x'.repeat(90)}`,
    ],
    ['a name beyond ASCII', callOf('LJ.XMLRPC.é\n', user), 201, 'Client error: Unknown method: LJ.XMLRPC.?'],
    ['an unknown method with any params', callOf('x', '<value/>', '<value/>'), 201, undefined],
    ['a name in the wrong case', callOf('LJ.XMLRPC.Login', user), 201, undefined],
    ['a prefix in the wrong case', callOf('lj.xmlrpc.login', user), 201, undefined],
    ['a name without its prefix', callOf('login', user), 201, undefined],
    ['a prefix without a name', callOf('LJ.XMLRPC.', user), 201, undefined],
    ['a name that objects inherit', callOf('LJ.XMLRPC.constructor', user), 201, undefined],
    ['two params', callOf('LJ.XMLRPC.login', user, user), 202, 'Client error: Too many arguments'],
    ['two params of getchallenge', callOf('LJ.XMLRPC.getchallenge', user, user), 202, undefined],
    [
      'a string for a struct',
      callOf('LJ.XMLRPC.login', value('test')),
      203,
      'Client error: Invalid argument(s)',
    ],
    ['an array for a struct', callOf('LJ.XMLRPC.login', array(user)), 203, undefined],
    ['no params', callOf('LJ.XMLRPC.login'), 200, 'Client error: Missing required argument(s)'],
    [
      'no params element',
      '<methodCall><methodName>LJ.XMLRPC.login</methodName></methodCall>',
      200,
      undefined,
    ],
    ['a nil for a struct', callOf('LJ.XMLRPC.login', value('<nil/>')), 200, undefined],
    ['an empty struct', callOf('LJ.XMLRPC.login', struct({})), 200, undefined],
    ['the flat name of the account', callOf('LJ.XMLRPC.login', struct({ user: 'test' })), 200, undefined],
    ['a blank username', loginCall({ username: ' ' }), 200, undefined],
    ['a nil username', loginCall({ username: '<nil/>' }), 200, undefined],
    ['a malformed username', loginCall({ username: 'a b' }), 100, 'Invalid username'],
    ['a username of 26 letters', loginCall({ username: 'a'.repeat(26) }), 100, undefined],
    ['a username of bytes', loginCall({ username: '<base64>/w==</base64>' }), 100, undefined],
    ['a username in Cyrillic', loginCall({ username: 'тест' }), 100, undefined],
    ['a list of usernames', loginCall({ username: '<array><data/></array>' }), 100, 'Invalid username'],
    ['a struct of usernames', loginCall({ username: '<struct/>' }), 100, undefined],
  ])('%s', async (_what, body, code, text) => {
    const gateway = stubGateway();
    const reply = await ask(gateway, body);
    expect(faultIn(reply)).toMatchObject(text === undefined ? { code } : { code, text });
    expect(gateway.calls).toEqual([]);
    expect(reply.reports).toMatchObject([{ outcome: code }]);
  });
});

describe('what comes back', () => {
  test.each<[Refusal, string]>([
    [{ code: 100 }, 'Invalid username'],
    [{ code: 101 }, 'Invalid password'],
    [{ code: 105 }, 'Challenge expired'],
    [{ code: 203, detail: 'expire' }, 'Client error: Invalid argument(s): expire'],
    [{ code: 208, detail: 'password' }, 'Client error: Invalid text encoding: password'],
    [{ code: 305 }, 'Client error: Action forbidden; account is suspended.'],
    [{ code: 308 }, 'Client error: Account is locked and cannot be used.'],
    [{ code: 309 }, 'Client error: Account is marked as a memorial.'],
    [
      { code: 402 },
      'Client error: Your IP address is temporarily banned for exceeding the login failure rate.',
    ],
    [{ code: 500 }, 'Server error: Internal server error'],
    [{ code: 501 }, 'Server error: Database error'],
    [{ code: 502 }, 'Server error: Database temporarily unavailable'],
    [{ code: 507 }, 'Server error: Method temporarily disabled; try again later.'],
  ])('the refusal %j as a fault', async (refusal, text) => {
    const reply = await ask(stubGateway({ ok: false, refusal }), loginCall());
    expect(faultIn(reply)).toEqual({ code: refusal.code, text });
  });

  test('a failure of the adapter is a fault 500, its cause in the log alone', async () => {
    const cause = new Error('secret path');
    const gateway = { answer: () => Promise.reject(cause) };
    const reply = await ask(gateway, loginCall());
    expect(faultIn(reply)).toEqual({ code: 500, text: 'Server error: Internal server error' });
    expect(reply.reports).toEqual([{ method: 'login', outcome: 500, cause }]);
  });

  test('the fault for a body over the limit names the limit', () => {
    const reply = xmlrpcEndpoint(stubGateway()).tooLarge(262144);
    expect(faultIn(reply)).toEqual({ code: -32700, text: 'XML not well formed: a body over 262144 bytes' });
    expect(reply.reports).toEqual([{ method: 'unknown', outcome: -32700 }]);
    expect(reply.contentType).toBe('text/xml; charset=utf-8');
  });
});

describe('what is logged', () => {
  test('the short name, the account, how it showed itself, and its program', async () => {
    const gateway = stubGateway({ ok: false, refusal: { code: 502 }, cause: 'down' });
    const body = loginCall({ auth_method: 'challenge', clientversion: 'X-Y/1', auth_response: 'secret' });
    expect((await ask(gateway, body)).reports).toEqual([
      { method: 'login', account: 'test', auth: 'challenge', client: 'X-Y/1', outcome: 502, cause: 'down' },
    ]);
  });

  test('nothing that a caller made up for a method', async () => {
    const { reports } = await ask(stubGateway(), callOf('LJ.XMLRPC.made-up', struct({ username: 'test' })));
    expect(reports).toEqual([{ method: 'unknown', outcome: 201 }]);
  });
});

test('a session is made, used and ended through the endpoint', async () => {
  const ports = testPorts();
  await ports.accounts.add(testAccount());
  const endpoint = xmlrpcEndpoint(createGateway(ports, defaultSettings));
  const send = (method: string, members: Record<string, string>, cookie?: string) =>
    endpoint.answer({
      body: bytes(callOf(`LJ.XMLRPC.${method}`, struct({ username: 'test', ...members }))),
      contentType: undefined,
      context: { ...context, cookie, ljAuth: cookie && 'cookie' },
      facts: requestFacts,
    });

  const made = await send('sessiongenerate', { password: 'test' });
  const [session = '', id = ''] = /ws:test:(\d+):\w+/.exec(resultIn(made) ?? '') ?? [];
  expect(resultIn(made)).toBe(struct({ ljsession: `<string>${session}</string>` }));
  const cookie = `ljsession=${session}`;
  expect(resultIn(await send('login', { auth_method: 'cookie' }, cookie))).toContain('Test Account');
  const ended = await send('sessionexpire', { password: 'test', expire: `<int>${id}</int>` });
  expect(resultIn(ended)).toBe('<value><struct/></value>');
  expect(faultIn(await send('login', { auth_method: 'cookie' }, cookie))?.code).toBe(101);
});

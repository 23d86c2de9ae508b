import { describe, expect, test, vi } from 'vitest';
import type { Gateway } from '../../../../core/protocol/gateway.ts';
import { createGateway } from '../../../../core/protocol/gateway.ts';
import { defaultSettings } from '../../../../core/protocol/gateway-settings.ts';
import { testAccount, testPorts } from '../../../support/ports.ts';
import { textIn } from '../../../support/request-facts.ts';
import { array, ask, callOf, faultIn, resultIn, struct, stubGateway, value } from './xmlrpc-calls.ts';

const string = (text: string) => value(`<string>${text}</string>`);

const methods = [
  'LJ.XMLRPC.getchallenge',
  'LJ.XMLRPC.login',
  'LJ.XMLRPC.sessiongenerate',
  'LJ.XMLRPC.sessionexpire',
  'system.listMethods',
  'system.methodSignature',
  'system.methodHelp',
  'system.getCapabilities',
  'system.multicall',
];

describe('introspection', () => {
  test('system.listMethods lists every method', async () => {
    const reply = await ask(stubGateway(), callOf('system.listMethods'));
    expect(resultIn(reply)).toBe(array(...methods.map(string)));
    expect(reply.reports).toEqual([{ method: 'system.listMethods', outcome: 'ok' }]);
  });

  test.each(methods)('%s has a signature and a help text', async (method) => {
    const signature = await ask(stubGateway(), callOf('system.methodSignature', string(method)));
    expect(resultIn(signature)).toMatch(
      /^<value><array><data>(<value><array><data>(<value><string>(struct|array|string)<\/string><\/value>)+<\/data><\/array><\/value>)+<\/data><\/array><\/value>$/,
    );
    const help = await ask(stubGateway(), callOf('system.methodHelp', value(method)));
    expect(resultIn(help)).toMatch(/^<value><string>[^<]{10,}<\/string><\/value>$/);
  });

  test('a signature is the type of the result, then those of the params', async () => {
    const reply = await ask(
      stubGateway(),
      callOf('system.methodSignature', string('LJ.XMLRPC.getchallenge')),
    );
    expect(resultIn(reply)).toBe(array(array(string('struct')), array(string('struct'), string('struct'))));
  });

  test('system.getCapabilities names the fault codes in use, versions as ints', async () => {
    const reply = resultIn(await ask(stubGateway(), callOf('system.getCapabilities')));
    expect(reply).toContain(
      `<member><name>faults_interop</name>${struct({
        specUrl: '<string>http://xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php</string>',
        specVersion: '<int>20010516</int>',
      })}</member>`,
    );
  });

  test.each([
    [callOf('system.listMethods', string('x')), 203],
    [callOf('system.getCapabilities', struct({})), 203],
    [callOf('system.methodSignature'), 203],
    [callOf('system.methodSignature', struct({})), 203],
    [callOf('system.methodSignature', string('LJ.XMLRPC.nope')), 201],
    [callOf('system.methodSignature', string('login')), 201],
    [callOf('system.methodHelp', array()), 203],
    [callOf('system.methodHelp', string('constructor')), 201],
    [callOf('system.methodHelp', string('LJ.XMLRPC.login'), string('x')), 202],
    [callOf('system.nope'), 201],
    [callOf('system.listmethods'), 201],
    [callOf('system.multicall'), 203],
    [callOf('system.multicall', struct({})), 203],
    [callOf('system.multicall', array(), array()), 202],
  ])('%s is refused with %i', async (body, code) => {
    const reply = await ask(stubGateway(), body);
    expect(faultIn(reply)?.code).toBe(code);
    expect(reply.reports).toMatchObject([{ outcome: code }]);
  });
});

describe('system.multicall', () => {
  const entry = (methodName: string, ...params: readonly string[]) =>
    struct({ methodName, params: `<array><data>${params.join('')}</data></array>` });
  const login = (password: string) => entry('LJ.XMLRPC.login', struct({ username: 'test', password }));
  const multicall = (...entries: readonly string[]) => callOf('system.multicall', array(...entries));
  const fault = (code: number, text: string) =>
    struct({ faultCode: `<int>${code}</int>`, faultString: `<string>${text}</string>` });

  test('gives each result in an array of one, each fault as a struct, and a report for each', async () => {
    const reply = await ask(
      stubGateway({ ok: true, value: { method: 'sessionexpire', value: undefined } }),
      multicall(login('test'), entry('system.methodHelp', string('nope')), login('test'), entry('nope')),
    );
    const done = array('<value><struct/></value>');
    const unknown = fault(201, 'Client error: Unknown method: nope');
    expect(resultIn(reply)).toBe(array(done, unknown, done, unknown));
    expect(reply.reports).toEqual([
      { method: 'login', account: 'test', auth: 'clear', shown: 'password', outcome: 'ok' },
      { method: 'system.methodHelp', outcome: 201 },
      { method: 'login', account: 'test', auth: 'clear', shown: 'password', outcome: 'ok' },
      { method: 'unknown', outcome: 201 },
    ]);
  });

  test('refuses in place what is no call', async () => {
    const invalid = 'Client error: Invalid argument(s)';
    const reply = await ask(
      stubGateway(),
      multicall(
        string('x'),
        struct({}),
        struct({ methodName: '<array><data/></array>' }),
        struct({ methodName: 'LJ.XMLRPC.login', params: '<struct/>' }),
        struct({ methodName: 'LJ.XMLRPC.login' }),
        entry('system.multicall', array()),
        entry('LJ.XMLRPC.login', struct({}), struct({})),
      ),
    );
    expect(resultIn(reply)).toBe(
      array(
        fault(203, invalid),
        fault(203, `${invalid}: methodName`),
        fault(203, `${invalid}: methodName`),
        fault(203, `${invalid}: params`),
        fault(200, 'Client error: Missing required argument(s)'),
        fault(203, `${invalid}: system.multicall within itself`),
        fault(202, 'Client error: Too many arguments'),
      ),
    );
    expect(reply.reports).toHaveLength(7);
  });

  test('takes 64 entries that need no account; at 65 none is answered', async () => {
    const gateway = stubGateway();
    const listed = entry('system.listMethods');
    expect(faultIn(await ask(gateway, multicall(...Array(64).fill(listed))))).toBeUndefined();
    expect(faultIn(await ask(gateway, multicall(...Array(65).fill(listed))))?.code).toBe(203);
  });

  test('takes 16 entries for an account; at 17 none is answered', async () => {
    const gateway = stubGateway();
    expect(faultIn(await ask(gateway, multicall(...Array(16).fill(login('test')))))).toBeUndefined();
    expect(gateway.calls).toHaveLength(16);
    const reply = await ask(gateway, multicall(...Array(17).fill(login('test'))));
    expect(faultIn(reply)?.code).toBe(203);
    expect(gateway.calls).toHaveLength(16);
    expect(reply.reports).toEqual([{ method: 'system.multicall', outcome: 203 }]);
  });

  test('may be empty', async () => {
    const reply = await ask(stubGateway(), multicall());
    expect(resultIn(reply)).toBe('<value><array><data/></array></value>');
    expect(reply.reports).toEqual([{ method: 'system.multicall', outcome: 'ok' }]);
  });

  test('a failure inside one entry leaves the others alone', async () => {
    const failing = stubGateway({ ok: true, value: { method: 'sessionexpire', value: undefined } });
    const gateway = {
      answer: (call: Parameters<typeof failing.answer>[0]) =>
        call.method === 'getchallenge' ? Promise.reject(new Error('secret')) : failing.answer(call),
    };
    const reply = await ask(gateway, multicall(entry('LJ.XMLRPC.getchallenge'), login('test')));
    expect(resultIn(reply)).toBe(
      array(fault(500, 'Server error: Internal server error'), array('<value><struct/></value>')),
    );
    expect(reply.reports).toMatchObject([{ outcome: 500, cause: new Error('secret') }, { outcome: 'ok' }]);
  });

  test('is throttled entry by entry: guesses past the fifth are banned', async () => {
    const ports = testPorts();
    await ports.accounts.add(testAccount());
    const guesses = ['1', '2', '3', '4', '5', '6', 'test'].map(login);
    const { reports } = await ask(createGateway(ports, defaultSettings), multicall(...guesses));
    expect(reports.map(({ outcome }) => outcome)).toEqual([101, 101, 101, 101, 101, 402, 402]);
  });

  test('after ten seconds the remaining entries are refused, so that the reply is in time', async () => {
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    const plain = stubGateway();
    const slow: Pick<Gateway, 'answer'> = {
      async answer(call) {
        now += 4000;
        return plain.answer(call);
      },
    };
    const reply = await ask(slow, multicall(...Array(5).fill(login('test'))));
    clock.mockRestore();
    expect(reply.reports.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 502, 502]);
    expect(textIn(reply).match(/Database temporarily unavailable/g)).toHaveLength(2);
  });
});

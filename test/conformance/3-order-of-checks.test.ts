/** PROTOCOL §3: who is let in, and in which order that is decided. */
import { describe, expect, test, vi } from 'vitest';
import type { Status } from '../../core/accounts/account.ts';
import { testHasher } from '../support/ports.ts';
import { type Fields, named, openSite, right, type Site, type Wire, wires, wrong } from '../support/site.ts';
import { respond } from '../support/wire.ts';

const minutes = 60_000;

async function guess(site: Site, times: number, fields: Fields = wrong, address?: string): Promise<string[]> {
  const whys: string[] = [];
  for (let i = 0; i < times; i++) {
    whys.push((await site.call('flat', 'login', fields, address === undefined ? {} : { address })).why);
  }
  return whys;
}

const banned = /Your IP address is temporarily banned for exceeding the login failure rate\.$/;

describe('step 1 over flat', () => {
  test.each([
    ['', 'No mode specified.', 'no mode'],
    ['user=test&password=test', 'No mode specified.', 'no mode, though a user'],
    ['mode=&user=test', 'No mode specified.', 'an empty mode'],
    ['mode=login', 'No username sent.', 'no user'],
    ['mode=login&user=', 'No username sent.', 'an empty user'],
    ['mode=login&user=a.b', 'No username sent.', 'a malformed user'],
    ['mode=nonsense', 'No username sent.', 'a missing user comes before an unknown mode'],
    ['mode=nonsense&user=test', 'Unknown mode (nonsense)', 'an unknown mode'],
    ['mode=%ff&user=test', 'Unknown mode (?)', 'a mode that is no text'],
    ['mode=no%0D%0Anse%00nse&user=test', 'Unknown mode (nonse?nse)', 'no line breaks in the echo of a mode'],
  ])('%j -> %s: %s', async (body, text) => {
    const reply = await (await openSite()).fetch('/interface/flat', { method: 'POST', body });
    expect(await reply.text()).toBe(`errmsg\nClient error: ${text}\nsuccess\nFAIL\n`);
  });

  test('getchallenge is answered before a user is looked for', async () => {
    expect((await (await openSite()).call('flat', 'getchallenge', { username: '!!' })).ok).toBe(true);
  });
});

describe('step 1 over XML-RPC', () => {
  const params = (...values: string[]) =>
    values.map((value) => `<param><value>${value}</value></param>`).join('');
  const member = (name: string, value: string) =>
    `<struct><member><name>${name}</name><value>${value}</value></member></struct>`;
  const send = async (method: string, xml: string) => {
    const body = `<methodCall><methodName>${method}</methodName>${xml}</methodCall>`;
    const reply = await (await openSite()).fetch('/interface/xmlrpc', { method: 'POST', body });
    return /<int>(-?\d+)<\/int>/.exec(await reply.text())?.[1];
  };

  test.each([
    ['LJ.XMLRPC.nonsense', `<params>${params('x', 'y')}</params>`, '201', 'an unknown method comes first'],
    ['login', '', '201', 'a method without its prefix'],
    ['LJ.XMLRPC.login', `<params>${params('x', 'y')}</params>`, '202', 'more than one param'],
    [
      'LJ.XMLRPC.getchallenge',
      `<params>${params('<struct/>', '<struct/>')}</params>`,
      '202',
      'getchallenge too',
    ],
    ['LJ.XMLRPC.login', `<params>${params('test')}</params>`, '203', 'a param that is not a struct'],
    ['LJ.XMLRPC.login', '<params/>', '200', 'no param'],
    ['LJ.XMLRPC.login', `<params>${params('<struct/>')}</params>`, '200', 'no username'],
    ['LJ.XMLRPC.login', `<params>${params(member('username', ''))}</params>`, '200', 'an empty username'],
    ['LJ.XMLRPC.login', `<params>${params(member('username', '<nil/>'))}</params>`, '200', 'a nil username'],
    [
      'LJ.XMLRPC.login',
      `<params>${params(member('username', 'a.b'))}</params>`,
      '100',
      'a malformed username',
    ],
  ])('%s %s -> %s: %s', async (method, xml, code) => {
    expect(await send(method, xml)).toBe(code);
  });
});

describe.each(wires)('steps 2 to 5 over %s', (wire: Wire) => {
  const code = (number: number, text: string) => (wire === 'flat' ? text : `${number} ${text}`);

  test('no such account -> 100', async () => {
    const reply = await (await openSite()).call(wire, 'login', { ...right, username: 'nobody' });
    expect(reply.why).toBe(code(100, 'Invalid username'));
  });

  const memorial = 'Client error: Account is marked as a memorial.';
  const suspended = 'Client error: Action forbidden; account is suspended.';
  const locked = 'Client error: Account is locked and cannot be used.';

  test.each<[Status, string, string, string]>([
    ['active', '', '', ''],
    ['readonly', '', '', ''],
    ['deleted', '', '', ''],
    ['expunged', ...three(code(100, 'Invalid username'))],
    ['memorial', ...three(code(309, memorial))],
    ['locked', code(308, locked), code(308, locked), ''],
    ['suspended', code(305, suspended), code(305, suspended), ''],
  ])('status %s: login %j, sessiongenerate %j, sessionexpire %j', async (status, ...whys) => {
    const site = await openSite({ status });
    const methods = ['login', 'sessiongenerate', 'sessionexpire'];
    const replies = await Promise.all(methods.map((method) => site.call(wire, method, right)));
    expect(replies.map(({ why }) => why)).toEqual(whys);
  });

  test('memorial and expunged are refused before credentials are checked, locked and suspended after', async () => {
    for (const [status, text] of [
      ['memorial', memorial],
      ['expunged', 'Invalid username'],
      ['locked', 'Invalid password'],
      ['suspended', 'Invalid password'],
    ] as const) {
      const site = await openSite({ status });
      expect((await site.call(wire, 'login', wrong)).why).toContain(text);
    }
  });

  test('readonly brings a message', async () => {
    const site = await openSite({ status: 'readonly', username: named('reader') });
    const reply = await site.call(wire, 'login', { ...right, username: 'reader' });
    expect(reply.value('message')).toMatch(/read-only/);
  });

  test('a ban holds whatever the credentials, and no credential is looked at', async () => {
    const hasher = testHasher();
    const verify = vi.spyOn(hasher, 'verify');
    const site = await openSite({}, {}, { hasher });
    await guess(site, 5);
    expect(verify).toHaveBeenCalledTimes(5);
    expect((await site.call(wire, 'login', right)).why).toMatch(banned);
    expect((await site.call(wire, 'sessionexpire', { ...right, expireall: '1' })).why).toMatch(banned);
    expect(verify).toHaveBeenCalledTimes(5);
  });
});

function three(text: string): [string, string, string] {
  return [text, text, text];
}

describe('login bans', () => {
  test('5 refused credentials within 5 minutes ban the pair of account and address for 5 minutes', async () => {
    const site = await openSite();
    expect(await guess(site, 7)).toEqual([
      ...Array(5).fill('Invalid password'),
      ...Array(2).fill(expect.stringMatching(banned)),
    ]);
    expect((await site.call('flat', 'login', right, { address: '192.0.2.99' })).ok).toBe(true);
    await site.add({ username: named('other') });
    expect((await site.call('flat', 'login', { ...right, username: 'other' })).ok).toBe(true);
    site.clock.advance(5 * minutes - 1);
    expect((await site.call('flat', 'login', right)).why).toMatch(banned);
    site.clock.advance(1);
    expect((await site.call('flat', 'login', right)).ok).toBe(true);
  });

  test('refusals further apart than the window do not add up', async () => {
    const site = await openSite();
    for (let i = 0; i < 8; i++) {
      expect(await guess(site, 1)).toEqual(['Invalid password']);
      site.clock.advance(75_000);
    }
    expect((await site.call('flat', 'login', right)).ok).toBe(true);
  });

  test('the window slides: no pause in it lets a sixth guess through', async () => {
    const site = await openSite();
    await guess(site, 2);
    site.clock.advance(4 * minutes);
    await guess(site, 3);
    expect(await guess(site, 1)).toEqual([expect.stringMatching(banned)]);
  });

  test('calls during a ban do not prolong it', async () => {
    const site = await openSite();
    await guess(site, 5);
    site.clock.advance(4 * minutes);
    await guess(site, 20);
    site.clock.advance(minutes);
    expect((await site.call('flat', 'login', right)).ok).toBe(true);
  });

  test('IPv6 callers are banned by their /64', async () => {
    const site = await openSite();
    await guess(site, 5, wrong, '2001:db8::1');
    expect(await guess(site, 1, right, '2001:db8::ffff:2')).toEqual([expect.stringMatching(banned)]);
    expect(await guess(site, 1, right, '2001:db8:0:1::1')).toEqual(['']);
  });

  test('a wide sweep over many accounts bans the address for all of them', async () => {
    const site = await openSite();
    for (let i = 0; i < 25; i++) {
      await site.add({ username: named(`u${i}`) });
      await guess(site, 4, { ...wrong, username: `u${i}` });
    }
    expect(await guess(site, 1, right)).toEqual([expect.stringMatching(banned)]);
    expect(await guess(site, 1, right, '192.0.2.77')).toEqual(['']);
  });

  test('by a setting, refusals from all addresses together ban an account everywhere, and no other', async () => {
    const account = { refusals: 6, seconds: 60 };
    const site = await openSite({}, { bans: { pair: 'off', sweep: 'off', account } });
    await site.add({ username: named('neighbour') });
    for (let i = 0; i < 6; i++) await guess(site, 1, wrong, `192.0.2.${i}`);
    expect(await guess(site, 1, right, '198.51.100.1')).toEqual([expect.stringMatching(banned)]);
    expect(await guess(site, 1, { ...right, username: 'neighbour' }, '192.0.2.1')).toEqual(['']);
    site.clock.advance(60_000);
    expect(await guess(site, 1, right, '198.51.100.1')).toEqual(['']);
  });

  test('both rules are configurable, and off', async () => {
    const strict = await openSite({}, { bans: { pair: { refusals: 1, seconds: 10 }, sweep: 'off' } });
    await guess(strict, 1);
    expect(await guess(strict, 1, right)).toEqual([expect.stringMatching(banned)]);
    strict.clock.advance(10_000);
    expect(await guess(strict, 1, right)).toEqual(['']);
    const off = await openSite({}, { bans: { pair: 'off', sweep: 'off' } });
    await guess(off, 120);
    expect(await guess(off, 1, right)).toEqual(['']);
  });

  test('refusals on both wires and by every method are counted together', async () => {
    const site = await openSite();
    for (const wire of wires) {
      await site.call(wire, 'sessiongenerate', wrong);
      await site.call(wire, 'sessionexpire', wrong);
    }
    await site.call('xmlrpc', 'login', wrong);
    expect((await site.call('flat', 'login', right)).why).toMatch(banned);
  });

  test('a wrong answer to a challenge, a spent one and a forged one count', async () => {
    const site = await openSite();
    const challenge = (await site.call('flat', 'getchallenge')).value('challenge') ?? '';
    const answer = (auth_challenge: string, password: string) =>
      guess(site, 1, {
        username: 'test',
        auth_method: 'challenge',
        auth_challenge,
        auth_response: respond(auth_challenge, password),
      });
    await answer(challenge, 'wrong');
    await answer(challenge, 'test');
    await answer('c0:forged', 'test');
    await guess(site, 2);
    expect(await guess(site, 1, right)).toEqual([expect.stringMatching(banned)]);
  });

  test('an expired challenge, a malformed request and an unknown method do not count', async () => {
    const site = await openSite();
    const challenge = (await site.call('flat', 'getchallenge')).value('challenge') ?? '';
    site.clock.advance(60_000);
    const expired = {
      username: 'test',
      auth_method: 'challenge',
      auth_challenge: challenge,
      auth_response: respond(challenge, 'test'),
    };
    expect(await guess(site, 6, expired)).toEqual(Array(6).fill('Challenge expired'));
    await guess(site, 6, { username: 'test', auth_method: 'nonsense' });
    await guess(site, 6, { username: 'test' });
    await guess(site, 6, { username: 'a.b', password: 'x' });
    for (let i = 0; i < 6; i++) await site.call('xmlrpc', 'nonsense', wrong);
    expect(await guess(site, 1, right)).toEqual(['']);
  });

  test('a success in between does not reset the count', async () => {
    const site = await openSite();
    await guess(site, 4);
    expect(await guess(site, 1, right)).toEqual(['']);
    await guess(site, 1);
    expect(await guess(site, 1, right)).toEqual([expect.stringMatching(banned)]);
  });
});

describe('sessions that an account asks for', () => {
  const broken = /Client is making repeated requests\. {2}Perhaps it's broken\?$/;
  const ask = (site: Site, fields: Fields = right) => site.call('flat', 'sessiongenerate', fields);

  test('are at most 60 in five minutes, then -> 406, and more as time goes by', async () => {
    const site = await openSite();
    await site.add({ username: named('other') });
    expect((await ask(site)).ok).toBe(true);
    site.clock.advance(minutes);
    for (let i = 1; i < 60; i++) expect((await ask(site)).ok).toBe(true);
    expect((await ask(site)).why).toMatch(broken);
    expect((await ask(site, { ...right, username: 'other' })).ok).toBe(true);
    expect((await site.call('flat', 'login', right)).ok).toBe(true);
    site.clock.advance(4 * minutes - 1);
    expect((await ask(site)).why).toMatch(broken);
    site.clock.advance(1);
    expect((await ask(site)).ok).toBe(true);
    expect((await ask(site)).why).toMatch(broken);
  });

  test('count once the credentials hold, and before the status is looked at', async () => {
    const site = await openSite(
      { status: 'locked' },
      { sessionRate: { count: 1, seconds: 300 }, bans: { pair: 'off', sweep: 'off' } },
    );
    for (let i = 0; i < 3; i++) expect((await ask(site, wrong)).why).toBe('Invalid password');
    expect((await ask(site)).why).toMatch(/locked/);
    expect((await ask(site)).why).toMatch(broken);
    expect((await ask(site, wrong)).why).toBe('Invalid password');
  });

  test('are not counted where the rate is off', async () => {
    const site = await openSite({}, { sessionRate: 'off' });
    for (let i = 0; i < 70; i++) expect((await ask(site)).ok).toBe(true);
  });
});

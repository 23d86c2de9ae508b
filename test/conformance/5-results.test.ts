/** PROTOCOL §5: every member of every result, with its type, its condition and its place. */
import { describe, expect, test } from 'vitest';
import type { MenuItem } from '../../core/protocol/gateway-settings.ts';
import { type Fields, named, openSite, right, type Site, wires } from '../support/site.ts';
import { callDocument, readFlat } from '../support/wire.ts';

const profile = {
  fullname: 'Tëst Åccount',
  message: 'Hello <you> & "all"',
  defaultpicurl: 'https://example.com/default',
  fastserver: true,
  caps: 5,
  usejournals: ['test2', 'another', 'zed'],
  friendgroups: [
    { id: 4, name: 'Later', sortorder: 50, public: true },
    { id: 30, name: '777', sortorder: 10, public: false },
    { id: 2, name: 'true', sortorder: 50, public: false },
  ],
  pictures: [
    { keyword: 'beta', url: 'https://example.com/b' },
    { keyword: 'Alpha', url: 'https://example.com/a' },
    { keyword: '0x10', url: 'https://example.com/0' },
  ],
};
const moods = [
  { id: 90, parent: 0, name: 'happy' },
  { id: 4, parent: 90, name: 'pleased' },
];
const menus: MenuItem[] = [
  { text: 'Recent', url: 'https://example.com/users/USERNAME/' },
  { text: '-' },
  { text: 'More', sub: [{ text: 'Help', url: 'https://example.com/help' }] },
];
const everything = { getmoods: '0', getmenus: '1', getpickws: '1', getpickwurls: '1', getcaps: '1' };

const open = (account = {}) => openSite({ ...profile, ...account }, { moods, menus });

async function xml(site: Site, fields: Fields): Promise<string> {
  const body = callDocument('LJ.XMLRPC.login', { ...right, ...fields } as Record<string, string>);
  const reply = await site.fetch('/interface/xmlrpc', { method: 'POST', body });
  return reply.text();
}

async function flat(site: Site, fields: Fields): Promise<Record<string, string>> {
  const form = new URLSearchParams({ mode: 'login', user: 'test', password: 'test', ...(fields as object) });
  const reply = await site.fetch('/interface/flat', { method: 'POST', body: form.toString() });
  return Object.fromEntries(readFlat(await reply.text()));
}

const topMembers = (text: string) => {
  const shallow = text.replace(
    /<array>.*?<\/array>(?=<\/value><\/member>(<member>|<\/struct><\/value><\/param>))/gs,
    '',
  );
  return [...shallow.matchAll(/<name>(\w+)<\/name>/g)].map(([, name]) => name);
};

describe('login over XML-RPC', () => {
  test('everything asked for, in the order of the contract: scalars first', async () => {
    expect(topMembers(await xml(await open(), everything))).toEqual([
      'userid',
      'username',
      'fullname',
      'message',
      'defaultpicurl',
      'fastserver',
      'caps',
      'friendgroups',
      'usejournals',
      'moods',
      'pickws',
      'pickwurls',
      'menus',
    ]);
  });

  test('the least: userid, username, fullname, friendgroups and usejournals', async () => {
    const site = await openSite({ username: named('plain') });
    expect(topMembers(await xml(site, { username: 'plain' }))).toEqual([
      'userid',
      'username',
      'fullname',
      'friendgroups',
      'usejournals',
    ]);
  });

  test.each([
    ['userid', '<int>3</int>'],
    ['fullname', '<string>Tëst Åccount</string>'],
    ['message', '<string>Hello &lt;you&gt; &amp; "all"</string>'],
    ['fastserver', '<int>1</int>'],
    ['caps', '<int>5</int>'],
    ['defaultpicurl', '<string>https://example.com/default</string>'],
    [
      'usejournals',
      '<array><data><value><string>another</string></value><value><string>test2</string></value><value><string>zed</string></value></data></array>',
    ],
    [
      'pickws',
      '<array><data><value><string>0x10</string></value><value><string>Alpha</string></value><value><string>beta</string></value></data></array>',
    ],
    [
      'pickwurls',
      '<array><data><value><string>https://example.com/0</string></value><value><string>https://example.com/a</string></value><value><string>https://example.com/b</string></value></data></array>',
    ],
  ])('%s is %s', async (name, value) => {
    expect(await xml(await open(), everything)).toContain(`<name>${name}</name><value>${value}</value>`);
  });

  test('friend groups by sortorder, then id, with typed members; a name like 777 or true stays a string', async () => {
    const group = (id: number, name: string, sortorder: number, isPublic: 0 | 1) =>
      `<value><struct><member><name>id</name><value><int>${id}</int></value></member>` +
      `<member><name>name</name><value><string>${name}</string></value></member>` +
      `<member><name>sortorder</name><value><int>${sortorder}</int></value></member>` +
      `<member><name>public</name><value><int>${isPublic}</int></value></member></struct></value>`;
    expect(await xml(await open(), {})).toContain(
      `<data>${group(30, '777', 10, 0)}${group(2, 'true', 50, 0)}${group(4, 'Later', 50, 1)}</data>`,
    );
  });

  test('moods by id, with int id and parent', async () => {
    const text = await xml(await open(), { getmoods: '0' });
    const names = [...text.matchAll(/<name>name<\/name><value><string>(happy|pleased)/g)].map(
      ([, name]) => name,
    );
    expect(names).toEqual(['pleased', 'happy']);
    expect(text).toContain('<name>parent</name><value><int>90</int></value>');
  });

  test('moods are an empty array when the client is up to date', async () => {
    expect(await xml(await open(), { getmoods: '90' })).toContain(
      '<name>moods</name><value><array><data/></array></value>',
    );
  });

  test('menus are a tree of text and url, text and sub, and separators', async () => {
    const item = (text: string, more: string) =>
      `<value><struct><member><name>text</name><value><string>${text}</string></value></member>${more}</struct></value>`;
    const url = (value: string) =>
      `<member><name>url</name><value><string>${value}</string></value></member>`;
    const help = item('Help', url('https://example.com/help'));
    const sub = `<member><name>sub</name><value><array><data>${help}</data></array></value></member>`;
    expect(await xml(await open(), { getmenus: '1' })).toContain(
      `<data>${item('Recent', url('https://example.com/users/test/'))}${item('-', '')}${item('More', sub)}</data>`,
    );
  });

  test('defaultpicurl is an empty string when there is none: two clients fail if it is missing', async () => {
    const site = await openSite();
    const text = await xml(site, { getpickws: '1', getpickwurls: '1' });
    expect(text).toMatch(/<name>defaultpicurl<\/name><value><string(\/>|><\/string>)<\/value>/);
    expect(topMembers(await xml(site, { getpickwurls: '1' }))).not.toContain('defaultpicurl');
  });

  test('getpickwurls matters only with getpickws', async () => {
    const text = await xml(await open(), { getpickwurls: '1' });
    expect(text).not.toContain('pickwurls');
    expect(text).not.toContain('defaultpicurl');
  });

  test('no bare value and no base64 in any reply', async () => {
    const text = await xml(await open(), everything);
    expect(text).not.toContain('base64');
    expect(text.match(/<value>[^<]/g)).toBeNull();
  });
});

describe('login over flat', () => {
  test('everything asked for', async () => {
    expect(await flat(await open(), everything)).toEqual({
      success: 'OK',
      name: 'Tëst Åccount',
      message: 'Hello <you> & "all"',
      fastserver: '1',
      caps: '5',
      defaultpicurl: 'https://example.com/default',
      frgrp_maxnum: '30',
      frgrp_2_name: 'true',
      frgrp_2_sortorder: '50',
      frgrp_4_name: 'Later',
      frgrp_4_public: '1',
      frgrp_4_sortorder: '50',
      frgrp_30_name: '777',
      frgrp_30_sortorder: '10',
      access_count: '3',
      access_1: 'another',
      access_2: 'test2',
      access_3: 'zed',
      mood_count: '2',
      mood_1_id: '4',
      mood_1_name: 'pleased',
      mood_1_parent: '90',
      mood_2_id: '90',
      mood_2_name: 'happy',
      mood_2_parent: '0',
      pickw_count: '3',
      pickw_1: '0x10',
      pickw_2: 'Alpha',
      pickw_3: 'beta',
      pickwurl_count: '3',
      pickwurl_1: 'https://example.com/0',
      pickwurl_2: 'https://example.com/a',
      pickwurl_3: 'https://example.com/b',
      menu_0_count: '3',
      menu_0_1_text: 'Recent',
      menu_0_1_url: 'https://example.com/users/test/',
      menu_0_2_text: '-',
      menu_0_3_text: 'More',
      menu_0_3_sub: '1',
      menu_1_count: '1',
      menu_1_1_text: 'Help',
      menu_1_1_url: 'https://example.com/help',
    });
  });

  test('the least: name and frgrp_maxnum 0, no access_count without a journal', async () => {
    const site = await openSite({ username: named('plain') });
    expect(await flat(site, { user: 'plain' })).toEqual({
      success: 'OK',
      name: 'Test Account',
      frgrp_maxnum: '0',
    });
  });

  test('counts are there whenever asked for, also when 0', async () => {
    const reply = await flat(await openSite(), everything);
    expect(reply).toMatchObject({
      mood_count: '0',
      pickw_count: '0',
      pickwurl_count: '0',
      menu_0_count: '0',
    });
  });
});

describe.each(wires)('sessions over %s', (wire) => {
  test('ljsession is ws:USERNAME:ID:AUTH, with an id below 2^31 and 160 bits of letters and digits', async () => {
    const site = await openSite();
    const session = (await site.call(wire, 'sessiongenerate', right)).value('ljsession') ?? '';
    const [, id, auth] = /^ws:test:([1-9]\d*):([A-Za-z0-9]+)$/.exec(session) ?? [];
    expect(Number(id)).toBeLessThan(2 ** 31);
    expect(auth).toHaveLength(32);
  });

  test('only a digest of AUTH is stored', async () => {
    const site = await openSite();
    const [, , id, auth = ''] = (await site.session()).split(':');
    const sessions = [Number(id) as never];
    const records = await site.ports.records.read({ account: named('test'), sessions, refusals: [] });
    expect(records.sessions.size).toBe(1);
    expect(JSON.stringify([...records.sessions.values()])).not.toContain(auth);
  });

  test('ids are never used twice, also not after expiry', async () => {
    const site = await openSite();
    const ids = new Set<string>();
    for (let i = 0; i < 50; i++) {
      const id = (await site.session()).split(':')[2] ?? '';
      ids.add(id);
      await site.call(wire, 'sessionexpire', { ...right, expire: [id] });
    }
    expect(ids.size).toBe(50);
  });

  test('sessionexpire gives nothing back', async () => {
    const site = await openSite();
    const body =
      wire === 'flat'
        ? 'mode=sessionexpire&user=test&password=test'
        : callDocument('LJ.XMLRPC.sessionexpire', right);
    const text = await (await site.fetch(`/interface/${wire}`, { method: 'POST', body })).text();
    if (wire === 'flat') expect(text).toBe('success\nOK\n');
    else
      expect(text).toMatch(
        /<methodResponse><params><param><value><struct\/><\/value><\/param><\/params><\/methodResponse>$/,
      );
  });

  test('ids that do not exist, belong to someone else, or are no numbers are ignored without error', async () => {
    const site = await openSite();
    await site.add({ username: named('other') });
    const others = await site.session({ username: 'other' });
    const mine = await site.session();
    const expire = ['1', '999999999', 'x', '', '-3', '1e3', others.split(':')[2] ?? '', '2147483648', '0'];
    expect((await site.call(wire, 'sessionexpire', { ...right, expire })).ok).toBe(true);
    expect([await site.isAlive(others), await site.isAlive(mine)]).toEqual([true, true]);
  });

  test('ids that a thief of a cookie makes up cannot keep the owner from new sessions', async () => {
    const site = await openSite();
    const now = site.clock.now() / 1000 - Date.UTC(2024, 0) / 1000;
    for (let from = 0; from < 43_200; from += 9000) {
      const expire = Array.from({ length: 9000 }, (_, i) => String(now - from - i));
      await site.call('flat', 'sessionexpire', { ...right, expire });
    }
    expect(await site.isAlive(await site.session())).toBe(true);
  });

  test('an id with its first character dropped does no harm', async () => {
    const site = await openSite();
    const sessions = await Promise.all(Array.from({ length: 20 }, () => site.session()));
    const expire = sessions.map((session) => session.split(':')[2]?.slice(1) ?? '');
    expect((await site.call(wire, 'sessionexpire', { ...right, expire })).ok).toBe(true);
    for (const session of sessions) expect(await site.isAlive(session)).toBe(true);
  });

  test('the account "test" always gets a message', async () => {
    expect((await (await openSite()).call(wire, 'login', right)).value('message')).toBeTruthy();
  });
});

test('getchallenge has int times over XML-RPC and needs no account', async () => {
  const site = await openSite();
  const body = callDocument('LJ.XMLRPC.getchallenge');
  const text = await (await site.fetch('/interface/xmlrpc', { method: 'POST', body })).text();
  expect(topMembers(text).toSorted()).toEqual(['auth_scheme', 'challenge', 'expire_time', 'server_time']);
  expect(text).toMatch(/<name>expire_time<\/name><value><int>\d+<\/int>/);
  expect(text).toMatch(/<name>server_time<\/name><value><int>\d+<\/int>/);
});

/** Libraries of other languages that clients are written with, each in a program of its own. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { defaultMenus } from '../../infra/site/default-menus.ts';
import { moods } from '../../infra/site/default-moods.ts';
import { requireProgram } from '../support/requirements.ts';
import { describeServed } from './served.ts';

const run = promisify(execFile);

/** Runs a program against a URL and reads the JSON object that it prints. */
async function tell(interpreter: string, program: URL, url: URL): Promise<Record<string, unknown>> {
  const { stdout } = await run(interpreter, [fileURLToPath(program), url.href]);
  return JSON.parse(stdout);
}

const picture = (id: number) => `https://example.com/userpic/${id}/3`;

const base = {
  username: 'test',
  userid: 3,
  fullname: 'Test Account',
  message: expect.stringContaining('"test" gets at every login'),
  friendgroups: [
    { id: 30, name: 'Друзья', sortorder: 0, public: 1 },
    { id: 2, name: 'Work', sortorder: 5, public: 0 },
    { id: 5, name: 'Book Club', sortorder: 10, public: 1 },
    { id: 6, name: 'Café & Crème', sortorder: 10, public: 0 },
    { id: 1, name: 'Family', sortorder: 20, public: 0 },
  ],
  usejournals: ['demo_community', 'news', 'test2'],
};
const menus = JSON.parse(
  JSON.stringify(defaultMenus('https://www.example.com')).replaceAll('USERNAME', 'test'),
);
const invalid = { faultCode: 101, faultString: 'Invalid password' };

/** An empty struct; in PHP that is an empty array. */
const nothing = expect.toSatisfy((value) => typeof value === 'object' && Object.keys(value).length === 0);
const wholeNumber = expect.toSatisfy(Number.isInteger);

const expected = {
  getchallenge: {
    auth_scheme: 'c0',
    challenge: expect.stringMatching(/^c0:[a-z0-9:]+$/),
    server_time: wholeNumber,
    expire_time: wholeNumber,
  },
  login: {
    ...base,
    defaultpicurl: picture(1),
    caps: 5,
    moods,
    pickws: ['Angry', 'at the cafe', 'cat', 'happy', 'ZZZ'],
    pickwurls: [2, 3, 5, 1, 4].map(picture),
    menus,
  },
  unicode: {
    username: 'demo_unicode',
    userid: 101,
    fullname: 'Тест Ünïcødé 名前 🎉',
    message: 'Добро пожаловать! 欢迎 🎉',
    fastserver: 1,
    friendgroups: [{ id: 1, name: '友達', sortorder: 1, public: 1 }],
    usejournals: [],
  },
  sessiongenerate: { ljsession: expect.stringMatching(/^ws:test:[1-9]\d*:[a-zA-Z0-9]+$/) },
  alive: base,
  expire: nothing,
  expired: invalid,
  spared: base,
  expireall: nothing,
  expiredToo: invalid,
  wrong: invalid,
};

/** How to run each library's program, and how to find out whether the library is there. */
const libraries = [
  {
    library: "Python's xmlrpc.client",
    interpreter: 'python3',
    probe: [],
    program: new URL('./programs/login.py', import.meta.url),
  },
  {
    library: "Perl's XMLRPC::Lite",
    interpreter: 'perl',
    probe: ['-MXMLRPC::Lite', '-e1'],
    program: new URL('./programs/login.pl', import.meta.url),
  },
  {
    library: "npm's xmlrpc",
    interpreter: process.execPath,
    probe: [],
    program: new URL('./programs/login.mjs', import.meta.url),
  },
  {
    library: "Ruby's xmlrpc/client",
    interpreter: 'ruby',
    probe: ['-rxmlrpc/client', '-e0'],
    program: new URL('./programs/login.rb', import.meta.url),
  },
  {
    library: "PHP's xmlrpc functions",
    interpreter: 'php',
    probe: ['-r', 'xmlrpc_encode_request("probe", []);'],
    program: new URL('./programs/login.php', import.meta.url),
  },
];

describeServed('an XML-RPC client', (urlOf) => {
  for (const { library, interpreter, probe, program } of libraries) {
    test.skipIf(!requireProgram(interpreter, ...probe))(
      `${library} logs in, holds a session and ends it, every value in its type`,
      async () => {
        expect(await tell(interpreter, program, urlOf('/interface/xmlrpc'))).toEqual(expected);
      },
    );
  }
});

describeServed('a flat client', (urlOf) => {
  const program = new URL('./programs/livejournal.pl', import.meta.url);

  describe.skipIf(!requireProgram('perl', '-MLiveJournal', '-e1'))("Debian's LiveJournal.pm", () => {
    test.each(['/interface/flat', '/cgi-bin/log.cgi'])('reads a whole login at %s', async (path) => {
      expect(await tell('perl', program, urlOf(path))).toEqual({
        name: 'Test Account',
        access: ['demo_community', 'news', 'test2'],
        groups: {
          1: { name: 'Family', sortorder: '20' },
          2: { name: 'Work', sortorder: '5' },
          5: { name: 'Book Club', sortorder: '10', public: '1' },
          6: { name: 'Café & Crème', sortorder: '10' },
          30: { name: 'Друзья', sortorder: '0', public: '1' },
        },
        moods: moods.map(({ id, parent, name }) => ({ id: String(id), parent: String(parent), name })),
        menu: menus.map((item: object) => ('sub' in item ? { ...item, sub: '1' } : item)),
        pickws: expected.login.pickws.toSorted(),
        byDigest: 'OK',
        unicode: 'Тест Ünïcødé 名前 🎉',
        wrong: { success: 'FAIL', errmsg: 'Invalid password' },
      });
    });
  });
});

/** The code of the guide to the interface for sites, in each language, against a real server. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonLines, ljgate } from './support/cli.ts';
import { requireProgram } from './support/requirements.ts';
import { freshFolder, type Ljgate, startLjgate } from './support/server.ts';

const run = promisify(execFile);
const path = (name: string) => fileURLToPath(new URL(`../infra/guides/api/${name}`, import.meta.url));
const address = '192.0.2.9';

/** How each language calls one of the functions, and prints what it gives. */
const languages: Readonly<Record<string, (name: string, args: readonly string[]) => [string, string[]]>> = {
  python3: (name, args) => ['python3', [path('site.py'), name, ...args]],
  php: (name, args) => {
    const code = `require $argv[1]; try { echo json_encode($argv[2](...array_slice($argv, 3))); } catch (Problem $e) { fwrite(STDERR, $e->getCode() . ' ' . $e->getMessage()); exit(1); }`;
    return ['php', ['-r', code, '--', path('site.php'), name, ...args]];
  },
  perl: (name, args) => {
    const code = `require shift @ARGV; my $name = shift @ARGV; print JSON::PP->new->allow_nonref->encode(main->can($name)->(@ARGV))`;
    return ['perl', ['-MJSON::PP', '-e', code, path('site.pl'), name, ...args]];
  },
};

let server: Ljgate;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  const folder = await freshFolder();
  const store = `sqlite:${join(folder, 'a.sqlite')}`;
  server = await startLjgate('--store', store, '--api', 'same');
  const scopes = 'accounts:read,accounts:write,verify,sessions';
  const commands = { folder, env: { LJGATE_STORE: store } };
  const [added] = jsonLines(
    await ljgate(commands, ['tokens', 'add', 'website', '--scope', scopes, '--json']),
  );
  const LJGATE_API_URL = new URL('/api/v1', server.url).href;
  env = { ...process.env, LJGATE_API_URL, LJGATE_TOKEN: String(added?.['token']) };
});
afterAll(() => server.stop());

describe.each(Object.keys(languages))('a site in %s', (language) => {
  const call = async (name: string, ...args: string[]): Promise<string> => {
    const [program, all] = languages[language]?.(name, args) ?? ['', []];
    try {
      return (await run(program, all, { env })).stdout.trim().replace(/^"|"$/g, '').replaceAll('\\/', '/');
    } catch (error) {
      return `failed: ${Object(error).stderr.trim()}`;
    }
  };

  test.skipIf(!requireProgram(language))(
    'registers somebody, logs in, knows who it is, changes the password, suspends and removes the account',
    async () => {
      const name = `of_${language}`;
      expect(await call('register', name, 'first secret')).toContain(name);
      expect(await call('register', name, 'other secret')).toMatch(
        /^failed: 409 Account "of_\w+" exists already/,
      );
      expect(await call('register', 'a b', '')).toMatch(
        /400 \/username must be .*; \/password must not be empty/,
      );
      expect(await call('log_in', name, 'wrong', address)).toMatch(/^(None|null)$/);
      const session = await call('log_in', name, 'first secret', address);
      expect(session).toMatch(/^ws:of_\w+:\d+:\w+$/);
      expect(await call('who_is', session, address)).toBe(name);
      expect(await call('who_is', `${session}x`, address)).toMatch(/^(None|null)$/);
      expect(await call('change_password', name, 'wrong', 'second secret', address)).toMatch(
        /^(False|false|0)$/,
      );
      expect(await call('change_password', name, 'first secret', 'second secret', address)).toMatch(
        /^(True|true|1)$/,
      );
      expect(await call('who_is', session, address)).toMatch(/^(None|null)$/);
      const next = await call('log_in', name, 'second secret', address);
      await call('suspend', name);
      expect(await call('who_is', next, address)).toMatch(/^(None|null)$/);
      await call('remove', name);
      expect(await call('suspend', name)).toMatch(/^failed: 404 There is no account/);
    },
  );
});

test.skipIf(!requireProgram('curl'))('a site with curl does the same', async () => {
  const script = `. ${path('site.sh')}
    register of_curl 'first secret'; echo
    log_in of_curl wrong ${address}; echo
    session=$(log_in of_curl 'first secret' ${address} | sed 's/.*"session":"\\([^"]*\\)".*/\\1/')
    who_is "$session" ${address}; echo
    verify of_curl 'first secret' ${address}; echo
    set_password of_curl 'second secret'; echo
    suspend of_curl; echo
    who_is "$session" ${address}; echo
    remove of_curl; echo`;
  const { stdout } = await run('sh', ['-c', script], { env });
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { username: 'of_curl' },
    { made: false, code: 101 },
    { valid: true, username: 'of_curl' },
    { verified: true, by: 'password' },
    { username: 'of_curl', clientKeys: [] },
    { status: 'suspended' },
    { valid: false },
    { username: 'of_curl' },
  ]);
});

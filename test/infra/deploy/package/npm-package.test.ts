/** The package as people get it: packed, installed into an empty folder, started with npx, ended by SIGTERM. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { freshFolder } from '../../../support/server.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../../', import.meta.url));

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly lines: string[];
  /** Resolves to the first line that has the text. */
  line(text: string): Promise<string>;
}

/** Starts a command, and waits until its server listens. */
async function started(command: readonly string[], cwd: string): Promise<Started> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const output = createInterface(child.stdout);
  output.on('line', (line) => lines.push(line));
  const line = async (text: string) => {
    for (;;) {
      const found = lines.find((each) => each.includes(text));
      if (found !== undefined) return found;
      await once(output, 'line');
    }
  };
  const listens = await line('listens on');
  return { child, url: /listens on (\S+)/.exec(listens)?.[1] ?? '', lines, line };
}

let folder: string;

beforeAll(async () => {
  folder = await freshFolder();
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root });
  const packed = stdout.trim().split('\n').at(-1) ?? '';
  // The versions of this clone's lock, so that what is tested is what was locked, and is in npm's cache.
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const { dependencies } = lock.packages[''];
  const locked = Object.keys(dependencies).map((name) => [
    name,
    lock.packages[`node_modules/${name}`].version,
  ]);
  const manifest = {
    private: true,
    dependencies: { ljgate: `file:${packed}` },
    overrides: Object.fromEntries(locked),
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: folder });
});

const installed = (path: string) => join(folder, 'node_modules', path);

describe('the package, installed into an empty folder', () => {
  test('has a lock of its own, and nothing of what only development or functions need', () => {
    expect(existsSync(join(folder, 'package-lock.json'))).toBe(true);
    for (const name of ['node', 'vitest', 'wrangler', 'esbuild', '@aws-lambda-powertools']) {
      expect(existsSync(installed(name)), name).toBe(false);
    }
  });

  test('has what its README, its messages and its unit send operators to', () => {
    const readme = readFileSync(installed('ljgate/README.md'), 'utf8');
    const guides = [...readme.matchAll(/\]\((infra\/[^)#]+|SECURITY\.md|CHANGELOG\.md)/g)].map(
      ([, path = '']) => path,
    );
    expect(guides.length).toBeGreaterThan(8);
    const others = [
      'infra/guides/backup.md',
      'infra/deploy/service/ljgate.service',
      'infra/deploy/proxies/Caddyfile',
    ];
    for (const path of [...guides, ...others])
      expect(existsSync(installed(join('ljgate', path))), path).toBe(true);
  });

  test('has a source map with the source, and declarations, for each file', () => {
    const server = installed('ljgate/dist/server');
    const files = readdirSync(server, { recursive: true, encoding: 'utf8' });
    const scripts = files.filter((path) => path.endsWith('.js') && !path.includes('browser/'));
    expect(scripts.length).toBeGreaterThan(200);
    expect(scripts.filter((path) => !files.includes(path.replace(/js$/, 'd.ts')))).toEqual([]);
    for (const path of scripts) {
      const map = JSON.parse(readFileSync(join(server, `${path}.map`), 'utf8'));
      expect(map.sourcesContent?.[0], path).toMatch(/\S/);
      expect(resolve(dirname(path), map.sources[0])).toMatch(/\.ts$/);
    }
  });

  test('npx ljgate serve answers a log-in and the container’s health check, and SIGTERM ends it', async () => {
    const server = await started(['npx', 'ljgate', 'serve', '--demo', '--port', '0'], folder);
    const body = new URLSearchParams({ mode: 'login', user: 'test', password: 'test' });
    const reply = await fetch(`${server.url}/interface/flat`, { method: 'POST', body });
    expect(await reply.text()).toMatch(/^success\nOK$/m);
    expect((await fetch(`${server.url}/`)).status).toBe(200);
    const containerfile = readFileSync(join(root, 'infra/deploy/service/Containerfile'), 'utf8');
    const [, check = '[]'] = /^HEALTHCHECK [\s\S]*?CMD (.+)$/m.exec(containerfile) ?? [];
    const [, ...args]: string[] = JSON.parse(check);
    const here = args.map((arg) => arg.replace('http://127.0.0.1:8080', server.url));
    await expect(run(process.execPath, here)).resolves.toBeDefined();
    server.child.kill('SIGTERM');
    await server.line(' ended');
    await expect(fetch(server.url)).rejects.toThrow();
  });

  test('its commands are those of a clone', async () => {
    const [there, here] = await Promise.all(
      [folder, root].map((cwd) => run('npx', ['ljgate', '--help'], { cwd })),
    );
    expect(there?.stdout).toMatch(/doctor/);
    expect(there?.stdout).toBe(here?.stdout);
  });
});

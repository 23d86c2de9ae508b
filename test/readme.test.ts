/** Every command in the README and the guides, run as it stands there against a server that `npm start` started. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireProgram } from './support/requirements.ts';
import { freshFolder } from './support/server.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string) => readFileSync(join(root, name), 'utf8');
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...globSync('infra/guides/*.md', { cwd: root }).toSorted(),
];
const languages = ['sh', 'python', 'perl'] as const;
const blocks = documents.flatMap((document) =>
  languages.flatMap((language) =>
    [...read(document).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
      ([, code = '']) => ({ document, language, code }),
    ),
  ),
);
const run = promisify(execFile);

/** What proves that a block did what its document says; by a part of the block. */
const proofs: Readonly<Record<string, RegExp>> = {
  'curl -si -b': /^HTTP\/1\.1 200 OK\r\n(?:.*\r\n)*x-lj-user: test\r\n/i,
  'curl -d': /^name\nTest Account\n/m,
  'import hashlib': /^Test Account\nws:test:\d+:[a-z2-7]{32}\n$/,
  'use XMLRPC::Lite': /^Test Account\n$/,
  'serve --help': /Examples:/,
  'accounts add alice':
    /^added alice, userid \d+\npassword [a-z2-7-]{23} [\s\S]*secret [a-z2-7]{32} [\s\S]*suspended\n$/,
  'accounts set-upstream-key': /^set the secret of test at the site\n$/,
  'export |': /^dry run, nothing done: added 0, updated 0, unchanged \d+, skipped 0, refused 0\n$/,
  'secrets status': /current/,
  '--check-config': /^the settings are right; nothing was started\n[\s\S]*"what":"round trip","well":true/,
  doctor: /✓ round trip/,
  'npm run simulate': /^ +\d+ {2}login: 0$/m,
  'npm run worker:check': /gzip: \d+\.\d+ KiB/,
  'npm run package': /flat \(arm64\) [\s\S]*^Largest parts[\s\S]*Service packaged/m,
};

let server: ChildProcess;
let env: NodeJS.ProcessEnv;
let url: string;

beforeAll(async () => {
  const folder = await freshFolder();
  env = { ...process.env, LJGATE_PORT: '0', LJGATE_STORE: `sqlite:${join(folder, 'lj.sqlite')}` };
  server = spawn('npm', ['start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  url = await new Promise((resolve) => {
    let printed = '';
    server.stdout?.on('data', (chunk) => {
      printed += String(chunk);
      const found = /listens on (\S+)/.exec(printed)?.[1];
      if (found) resolve(found);
    });
  });
});
afterAll(() => {
  if (server.pid !== undefined) process.kill(-server.pid, 'SIGTERM');
});

function command({ language, code }: (typeof blocks)[number]): [string, string[]] {
  const here = code.replaceAll('http://127.0.0.1:8080', url);
  if (language === 'python') return ['python3', ['-c', here]];
  return language === 'perl' ? ['perl', ['-e', here]] : ['sh', ['-c', here]];
}

describe('the README and the guides', () => {
  const elsewhere = ['npm start\n', 'npm test\n', 'npm run check\n'];
  // Each needs an account; what they deploy is tested in infra/deploy/package/ and infra/deploy/resources/.
  const deploying = /^npm run (deploy|rollback|remove|worker:deploy)\b.*\n$/;
  // test/infra/deploy/worker-dev.test.ts starts it, in a folder of its own.
  const worker = 'npm run worker\n';
  // Takes minutes; test/bench/ runs it in short.
  const bench = 'npm run bench\n';
  const serving = /^npx ljgate serve (?!--help|--check)/;
  const away = [...elsewhere, bench, worker];
  const all = blocks.filter(({ code }) => !away.includes(code) && !deploying.test(code));
  const here = all.filter(({ code }) => !serving.test(code));

  const runs = { sh: 'curl', python: 'python3', perl: 'perl' } as const;
  const probe = { sh: [], python: [], perl: ['-MXMLRPC::Lite', '-e', '1'] };

  describe.each(here)('$document: $code', (block) => {
    const needed = requireProgram(runs[block.language], ...probe[block.language]);
    test.skipIf(!needed)('does what it says', async () => {
      const { stdout, stderr } = await run(...command(block), { cwd: root, env });
      const proof = Object.entries(proofs).find(([part]) => block.code.includes(part))?.[1];
      expect(block.code.includes('package') ? stdout + stderr : stdout).toMatch(
        proof ?? /a proof for this block/,
      );
    });
  });

  test.each(all.filter(({ code }) => serving.test(code)))('$document: $code', async ({ code }) => {
    const child = spawn('sh', ['-c', `exec ${code}`], { cwd: root, env, detached: true });
    try {
      const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
      expect(String(chunk)).toMatch(/listens on/);
    } finally {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    }
  });

  test('npm start is what this suite runs against; npm test and npm run check are what CI runs', () => {
    const codes = blocks.map(({ code }) => code);
    for (const code of elsewhere) expect(codes).toContain(code);
    expect(read('.ci/run')).toMatch(/^npm test\nnpm run check$/m);
  });

  test('has every parameter of a deployment in its table', () => {
    const [, defaults = ''] = /^ {2}default:\n((?: {4}.*\n)+)/m.exec(read('serverless.yml')) ?? [];
    const internal = ['logDays', 'onRemove', 'onReplace', 'deletionProtection'];
    const names = [...defaults.matchAll(/^ {4}(\w+):/gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names.filter((one) => !internal.includes(one))) {
      expect(read('infra/guides/aws.md')).toMatch(new RegExp(`^\\|.*\`${name}\`.*\\|`, 'm'));
    }
  });

  test('has a test for every mark in its table of runtimes', () => {
    const [, table = ''] = /\n(\| \| Lambda \| Node \| Worker \|\n(?:\|.*\n)+)/.exec(read('README.md')) ?? [];
    const cells = table
      .split('\n')
      .slice(2)
      .flatMap((row) => row.split('|').slice(2, 5));
    expect(cells.length).toBeGreaterThan(30);
    for (const cell of cells.map((text) => text.trim()).filter((text) => text !== '–')) {
      const [, path = 'a link to a test'] = /^\[.+\]\((test\/.+\.test\.ts)\)$/.exec(cell) ?? [];
      expect(read(path)).toMatch(/\b(test|describe\w*)(\.|\()/);
    }
  });

  test('has every dependency in its table', () => {
    const about = JSON.parse(read('package.json'));
    for (const name of Object.keys({ ...about.dependencies, ...about.devDependencies })) {
      if (!name.startsWith('@types/')) expect(read('DECISIONS.md')).toContain(`\`${name}\``);
    }
  });
});

/** What a new method takes: a file, an entry in the table and two spellings; nothing more, and none less. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const methodFile = 'core/protocol/methods/jointags.ts';

const method = `
import { textOf, textOr } from '../values.ts';
import { accountMethod } from './definition.ts';

export const jointags = accountMethod({
  help: 'Joins tags.',
  signatures: [['struct', 'struct']],
  arguments: {
    separator: { kind: 'text', help: 'what stands between two' },
    tags: { kind: 'list' },
    reversed: { kind: 'boolean' },
  },
  result: { joined: 'string' },
  example: { username: 'test', password: 'test', separator: '+' },
  whenLocked: 'refused',
  async run({ account, args }) {
    const tags = args.get('tags');
    const texts = Array.isArray(tags) ? tags.map((tag) => textOf(tag)) : [];
    return { owner: account.username, joined: texts.join(textOr(args.get('separator'), '')) };
  },
});
`;

/** The pieces of a method beside its file: a text in the sources, and what comes before it. */
const edits = {
  'the entry in the table': [
    ['core/protocol/methods/table.ts', 'import { login }', "import { jointags } from './jointags.ts';\n"],
    ['core/protocol/methods/table.ts', 'sessionexpire };', 'jointags, '],
  ],
  'the flat spelling': [
    [
      'functions/wire/flat/flat-results.ts',
      'sessionexpire: () =>',
      "jointags: ({ joined }) => [['joined', joined]],\n  ",
    ],
  ],
  'the XML-RPC spelling': [
    [
      'functions/wire/xmlrpc/xmlrpc-results.ts',
      'sessionexpire: () =>',
      'jointags: ({ joined }) => ({ joined }),\n  ',
    ],
  ],
} as const;
type Piece = keyof typeof edits | 'the file';

let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'ljgate-method-'));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const config = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  write('tsconfig.json', JSON.stringify({ ...config, include: ['core', 'functions/wire', 'functions/web'] }));
});
afterAll(() => rmSync(copy, { recursive: true }));

function write(path: string, text: string): void {
  writeFileSync(join(copy, path), text);
}

/** The repository's sources with a fifth method, but for the pieces that were forgotten. */
function copySources(...forgotten: readonly Piece[]): void {
  rmSync(join(copy, methodFile), { force: true });
  for (const part of ['core', 'functions', 'infra', 'test/support', 'package.json']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  if (!forgotten.includes('the file')) write(methodFile, method);
  for (const [piece, changes] of Object.entries(edits)) {
    if (forgotten.some((each) => each === piece)) continue;
    for (const [path, before, text] of changes) {
      const source = readFileSync(join(copy, path), 'utf8');
      expect(source.split(before)).toHaveLength(2);
      write(path, source.replace(before, text + before));
    }
  }
}

/** Runs a program of Node's in the copy. */
function run(...args: readonly string[]): Promise<{ readonly failed: boolean; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: copy }, (error, stdout, stderr) => {
      resolve({ failed: error !== null, output: stdout + stderr });
    });
  });
}

const compile = () => run('node_modules/typescript/bin/tsc', '--noEmit');

describe('forgotten, it does not compile:', () => {
  test.each([
    ['the file', /Cannot find module '\.\/jointags\.ts'/],
    ['the entry in the table', /'jointags' does not exist in type/],
    ['the flat spelling', /flat-results\.ts.*'jointags' is missing/],
    ['the XML-RPC spelling', /xmlrpc-results\.ts.*'jointags' is missing/],
  ] as const)('%s', async (piece, complaint) => {
    copySources(piece);
    const { failed, output } = await compile();
    expect(failed).toBe(true);
    expect(output).toMatch(complaint);
  });

  test('the declaration of an argument that it reads', async () => {
    copySources();
    write(methodFile, method.replace("tags: { kind: 'list' },", ''));
    expect(await compile()).toMatchObject({
      failed: true,
      output: expect.stringMatching(/jointags\.ts.*'"tags"'/),
    });
  });
});

/** Asks the copy's gateway for all that should follow from the table. */
const probe = `
import { createGateway } from './core/protocol/gateway.ts';
import { defaultSettings } from './core/protocol/gateway-settings.ts';
import { frontContent } from './functions/web/front-page.ts';
import { flatEndpoint } from './functions/wire/flat/flat-endpoint.ts';
import { xmlrpcEndpoint } from './functions/wire/xmlrpc/xmlrpc-endpoint.ts';
import { testAccount, testPorts } from './test/support/ports.ts';

const ports = testPorts();
await ports.accounts.add(testAccount());
const gateway = createGateway(ports, defaultSettings);
const context = { address: '192.0.2.1', cookie: undefined, ljAuth: undefined, agent: undefined };
const ask = async (endpoint, text) => {
  const body = new TextEncoder().encode(text);
  return (await endpoint.answer({ body, contentType: undefined, context })).body;
};
const xmlrpc = (name, ...params) =>
  ask(
    xmlrpcEndpoint(gateway),
    \`<methodCall><methodName>\${name}</methodName><params>\${params
      .map((value) => \`<param><value>\${value}</value></param>\`)
      .join('')}</params></methodCall>\`,
  );
const member = (name, value) => \`<member><name>\${name}</name><value>\${value}</value></member>\`;
const array = '<array><data><value>a</value><value>b</value></data></array>';
const struct = \`<struct>\${member('username', 'test')}\${member('password', 'test')}\${member('separator', '+')}\${member('tags', array)}</struct>\`;
const form = 'user=test&password=test&mode=jointags&separator=%2B&tags_id_a=1&tags_id_b=1';
console.log(
  JSON.stringify({
    list: await xmlrpc('system.listMethods'),
    help: await xmlrpc('system.methodHelp', 'LJ.XMLRPC.jointags'),
    signature: await xmlrpc('system.methodSignature', 'LJ.XMLRPC.jointags'),
    flat: await ask(flatEndpoint(gateway), form),
    xmlrpc: await xmlrpc('LJ.XMLRPC.jointags', struct),
    page: frontContent(true, []).map(String).join(''),
  }),
);
`;

test('with all pieces it compiles, is served on both wires, and is listed wherever methods are', async () => {
  copySources();
  expect(await compile()).toEqual({ failed: false, output: '' });
  write('probe.ts', probe);
  const { failed, output } = await run('--disable-warning=ExperimentalWarning', 'probe.ts');
  expect(output.slice(0, failed ? 2000 : 0)).toBe('');
  const shown: Record<string, string> = JSON.parse(output);
  expect(shown['list']).toContain('<string>LJ.XMLRPC.jointags</string>');
  for (const part of [
    'Joins tags.',
    'separator',
    'what stands between two',
    'joined',
    'mode=jointags&amp;',
  ]) {
    expect(shown['help']).toContain(part);
  }
  expect(shown['signature']).toContain('<string>struct</string>');
  expect(shown['flat']).toBe('joined\na+b\nsuccess\nOK\n');
  expect(shown['xmlrpc']).toContain('<name>joined</name><value><string>a+b</string></value>');
  const page = shown['page'] ?? '';
  expect(page).toContain('<code>jointags</code></td><td>Joins tags.</td>');
  expect(page).toContain('<option value="jointags"');
  const [, fields] = /<fieldset data-method="jointags"[^>]*>(.*?)<\/fieldset>/s.exec(page) ?? [];
  for (const part of ['data-argument="separator"', 'data-list="tags"', 'data-argument="reversed"']) {
    expect(fields).toContain(part);
  }
});

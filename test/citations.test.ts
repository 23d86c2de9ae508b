/** What the text and the code point to is there: sections of PROTOCOL, files, headings. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const files = (pattern: string) =>
  globSync(pattern, { cwd: root, exclude: (name) => /node_modules$|corpus$/.test(name) });
const documents = files('{*,{core,functions,infra,test}/**/*}.md');

/** The titles of a document's headings, as Markdown. */
function headings(document: string): string[] {
  return [...read(document).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);
}

/** The anchor that GitHub gives a heading. */
function anchor(title: string): string {
  const kept = title.toLowerCase().replaceAll(/[^\p{L}\p{N}_ -]/gu, '');
  return kept.replaceAll(' ', '-');
}

test('each section of PROTOCOL that code or text cites is there', () => {
  const sections = headings('core/PROTOCOL.md').map((title) => title.replace(/^§(\d+) .*$/, '§$1'));
  const sources = files('{core,functions,infra,test}/**/*.{ts,js,mjs,sh,yml,sql}');
  const cited = [...sources, ...documents].flatMap((path) =>
    [...read(path).matchAll(/PROTOCOL(?:\.md)?(?: (§\d+)|, "([^"]+)")/g)].map(([, section, title]) => ({
      path,
      to: section ?? title,
    })),
  );
  expect(cited.length).toBeGreaterThan(40);
  expect(cited.filter(({ to = '' }) => !sections.includes(to))).toEqual([]);
});

test('each link between files leads to a file, and to a heading where it names one', () => {
  const links = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\((?!https?:|mailto:)([^)\s#]*)(?:#([^)\s]+))?\)/g)].map(
      ([, path = '', heading]) => ({ document, path, heading }),
    ),
  );
  expect(links.length).toBeGreaterThan(50);
  const broken = links.filter(({ document, path, heading }) => {
    const target = path === '' ? document : join(dirname(document), path);
    if (!existsSync(join(root, target))) return true;
    return heading !== undefined && !headings(target).map(anchor).includes(heading);
  });
  expect(broken).toEqual([]);
});

/** Text in backquotes, code blocks too. */
const quoted = (document: string): string[] => [
  ...[...read(document).matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text),
  ...[...read(document).matchAll(/^```\w*\n(.*?)^```$/gms)].flatMap(([, code = '']) => code.split('\n')),
];

test('each npm script that a document names is there', () => {
  const { scripts } = JSON.parse(read('package.json'));
  const named = documents.flatMap((document) =>
    quoted(document).flatMap((text) =>
      [...text.matchAll(/\bnpm run (?:-s )?([\w:]+)/g)].map(([, script = '']) => ({ document, script })),
    ),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(({ script }) => !(script in scripts))).toEqual([]);
});

test('each path that a document names in backquotes is there, but for those of a NAME or STAGE to choose', () => {
  const named = documents.flatMap((document) =>
    quoted(document).flatMap((text) =>
      [...text.matchAll(/(?<![\w./-])(?:core|functions|infra|test)\/[\w./@-]*\w/g)].map(([path]) => ({
        document,
        path,
      })),
    ),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ path }) => !/NAME|STAGE/.test(path) && !existsSync(join(root, path)))).toEqual([]);
});

/** Comments speak of `ljgate serve`; a unit and `sudo` run what is installed. */
const notForReaders = /^\s*(?:\/\/|\/?\*)|^ExecStart=|sudo ljgate/;

test('each command that a hint or a guide names can be typed as it stands, in a clone and in a folder with the package', () => {
  const commands = files('functions/cli/*.ts').flatMap((path) =>
    [...read(path).matchAll(/program\s*\.command\('([a-z]+)/g)].map(([, name]) => name),
  );
  expect(commands).toContain('serve');
  const bare = new RegExp(`(?<!npx )\\bljgate (?:${commands.join('|')})\\b`);
  const texts = [
    ...files('{core,functions,infra}/**/*.{ts,mjs,yml,service}'),
    'README.md',
    'CONTRIBUTING.md',
  ];
  const guides = files('infra/guides/*.md');
  const found = [...texts, ...guides].flatMap((path) =>
    read(path)
      .split('\n')
      .filter((line) => bare.test(line) && !notForReaders.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});

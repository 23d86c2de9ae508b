import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { defaultMenus } from '../../../infra/site/default-menus.ts';
import { moods } from '../../../infra/site/default-moods.ts';
import { readSiteFile } from '../../../infra/site/site-file.ts';

const root = mkdtempSync(join(tmpdir(), 'ljgate-site-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const path = join(root, 'site.json');

function read(content: unknown) {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return readSiteFile(path);
}

describe('a site file', () => {
  test('may set moods and menus, as the stock ones are written', () => {
    const site = { moods, menus: defaultMenus('https://www.example.com') };
    expect(read(site)).toEqual(site);
  });

  test('leaves out what it does not set', () => {
    expect(read({})).toEqual({});
    expect(read({ moods: [] })).toEqual({ moods: [] });
  });

  test('may put the account into the host of a URL', () => {
    const menus = [{ text: 'Journal', url: 'https://USERNAME.example.com/' }];
    expect(read({ menus })).toEqual({ menus });
  });

  const menuKinds = 'must have a text and either url or sub, or the text "-" alone for a separator';
  test.each<[unknown, string]>([
    [[], 'must be an object'],
    ['7', 'must be an object'],
    [{ mood: [] }, 'mood: is not a known field'],
    [{ moods: [{ id: 1, name: 'a' }] }, 'moods[0].parent: is missing'],
    [{ moods: [{ id: 0, parent: 0, name: 'a' }] }, 'moods[0].id: must be between 1 and 2147483647, got 0'],
    [{ moods: [1, 2].map(() => ({ id: 4, parent: 0, name: 'a' })) }, 'moods: two have the id 4'],
    [
      { moods: [{ id: 1, parent: 9, name: 'lost' }] },
      'moods: the parents of "lost" do not lead to a root (parent 0)',
    ],
    [
      {
        moods: [
          { id: 1, parent: 2, name: 'hen' },
          { id: 2, parent: 1, name: 'egg' },
        ],
      },
      'moods: the parents of "hen" do not lead to a root (parent 0)',
    ],
    [{ menus: [{ text: 'a' }] }, `menus[0]: ${menuKinds}`],
    [{ menus: [{ text: '-', url: 'https://example.com/' }] }, `menus[0]: ${menuKinds}`],
    [{ menus: [{ text: 'a', url: 'https://example.com/', sub: [] }] }, `menus[0]: ${menuKinds}`],
    [{ menus: [{ text: 'a', sub: [{ text: '-' }, { text: 'b' }] }] }, `menus[0].sub[1]: ${menuKinds}`],
    [
      { menus: [{ text: 'a', sub: [{ text: 'b', url: '/users/' }] }] },
      'menus[0].sub[0].url: must be an http or https URL, got "/users/"',
    ],
    [{ menus: [{ text: 'a', sub: [{ txt: 'b' }] }] }, 'menus[0].sub[0].text: is missing'],
  ])('that is wrong (%#) is refused with its path and the place', (content, reason) => {
    expect(() => read(content)).toThrow(new Error(`site file ${path}: ${reason}`));
  });

  test('that is not JSON or not there is named', () => {
    expect(() => read('{"moods":')).toThrow(`site file ${path}: is not JSON: `);
    const absent = join(root, 'absent.json');
    expect(() => readSiteFile(absent)).toThrow(`site file ${absent}: cannot be read: ENOENT`);
  });
});

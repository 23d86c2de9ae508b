import { describe, expect, test } from 'vitest';
import type { MenuItem } from '../../../core/protocol/gateway-settings.ts';
import { defaultMenus } from '../../../infra/site/default-menus.ts';

const flat = (items: readonly MenuItem[]): MenuItem[] =>
  items.flatMap((item) => ('sub' in item ? [item, ...flat(item.sub)] : [item]));

describe('the default menu', () => {
  const items = flat(defaultMenus('https://www.example.com'));
  const urls = items.flatMap((item) => ('url' in item ? [item.url] : []));

  test('leads to pages of the site, some of them of the account', () => {
    expect(urls.every((url) => /^https:\/\/www\.example\.com\/[a-zA-Z]/.test(url))).toBe(true);
    expect(urls).toContain('https://www.example.com/users/USERNAME/');
    expect(new Set(urls).size).toBe(urls.length);
  });

  test('has a submenu and separators, as clients know them', () => {
    expect(items.some((item) => 'sub' in item)).toBe(true);
    expect(items).toContainEqual({ text: '-' });
  });

  test('takes the address of the site with or without a slash at its end', () => {
    expect(defaultMenus('https://www.example.com/')).toEqual(defaultMenus('https://www.example.com'));
  });
});

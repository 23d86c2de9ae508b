/**
 * Pages as trees of Hono's JSX nodes, which escape every text and attribute when they are written.
 * Written as calls, without the angle brackets: Node runs this code by stripping its types and
 * nothing else, so there is no step in which brackets could be compiled.
 */
import { type Child, jsx } from 'hono/jsx';

/** Part of a page. */
export type Html = Child;

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element. What is `undefined` is left out, attribute or child; so is a child that is `false`. */
export function h(tag: string, attributes: Attributes | null, ...children: readonly Html[]): Html {
  return jsx(tag, attributes, ...children);
}

/** What stands around every page. */
export interface Page {
  readonly title: string;
  /** The account whose page it is. */
  readonly account?: { readonly username: string; readonly fullname: string };
  /** Address of the style sheet, the icon, and the script if there is one. */
  readonly assets: { readonly style: string; readonly icon: string; readonly script?: string };
  /** Which entry of the navigation this is. */
  readonly here?: string;
  /** Signs out; only where somebody is signed in. */
  readonly signOut?: Html;
}

const entries = [
  ['/account', 'Sessions'],
  ['/account/keys', 'Client keys'],
  ['/account/password', 'Password'],
] as const;

/** A whole document. */
export function document(page: Page, ...content: readonly Html[]): string {
  const { title, account, assets, here } = page;
  const head = h(
    'head',
    null,
    h('meta', { charset: 'utf-8' }),
    h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    h('meta', { name: 'color-scheme', content: 'light dark' }),
    h('title', null, `${title} · ljgate`),
    h('link', { rel: 'stylesheet', href: assets.style }),
    h('link', { rel: 'icon', href: assets.icon, type: 'image/svg+xml' }),
    assets.script !== undefined && h('script', { type: 'module', src: assets.script }),
  );
  const links = entries.map(([href, text]) =>
    h('li', null, h('a', { href, 'aria-current': href === here ? 'page' : undefined }, text)),
  );
  const banner = h(
    'header',
    null,
    h('a', { class: 'brand', href: '/' }, 'ljgate'),
    account &&
      h(
        'p',
        { class: 'who' },
        'Signed in as ',
        h('bdi', null, account.fullname),
        account.fullname === account.username ? null : ` (${account.username})`,
      ),
    page.signOut,
    account && h('nav', { 'aria-label': 'Your account' }, h('ul', null, ...links)),
  );
  const main = h('main', null, h('h1', null, title), ...content);
  return `<!doctype html>${h('html', { lang: 'en' }, head, h('body', null, banner, main))}`;
}

/** A message that a reader of the page hears at once. */
export function notice(kind: 'done' | 'wrong', text: string): Html {
  return h('p', { class: `notice ${kind}`, role: kind === 'done' ? 'status' : 'alert' }, text);
}

/** A labelled field of a form; `hint` says what it wants. */
export function field(
  label: string,
  attributes: Attributes & { readonly name: string },
  hint?: string,
): Html {
  const id = `field-${attributes.name}`;
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  return h(
    'div',
    { class: 'field' },
    h('label', { for: id }, label),
    h('input', { id, 'aria-describedby': hintId, ...attributes }),
    hint === undefined ? null : h('p', { class: 'hint', id: hintId }, hint),
  );
}

/** A box to tick, or a round one to choose by. */
export function choice(
  label: string,
  attributes: Attributes & { readonly name: string; readonly value: string },
): Html {
  return h('label', { class: 'choice' }, h('input', attributes), h('span', null, label));
}

const dates = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

/** A moment, in Unix seconds. */
export function moment(seconds: number): Html {
  const date = new Date(seconds * 1000);
  return h('time', { datetime: date.toISOString() }, `${dates.format(date)} UTC`);
}

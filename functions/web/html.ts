/**
 * Pages as trees of Hono's JSX nodes, which escape every text and attribute when they are written.
 * Written as function calls: Node runs this code by stripping its types, and does not compile JSX.
 */
import type { Child } from 'hono/jsx';
import { jsx } from 'hono/jsx/jsx-runtime';
import type { SiteIdentity } from '../../infra/site/site-identity.ts';

/** Part of a page. */
export type Html = Child;

/** Attributes of an element; `undefined` leaves one out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element. Attributes and children that are `undefined` are left out, and so are children that are `false`. */
export function h(tag: string, attributes: Attributes | null, ...children: readonly Html[]): Html {
  return jsx(tag, { ...attributes, children }, undefined);
}

/** What a page has beside its content. */
export interface Page {
  readonly title: string;
  /** The account whose page it is. */
  readonly account?: { readonly username: string; readonly fullname: string };
  /** What the site calls itself. */
  readonly identity?: SiteIdentity;
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
  const { title, account, assets, here, identity = {} } = page;
  const { name = 'ljgate', home = '/' } = identity;
  const head = h(
    'head',
    null,
    h('meta', { charset: 'utf-8' }),
    h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    h('meta', { name: 'color-scheme', content: 'light dark' }),
    h('title', null, `${title} · ${name}`),
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
    h('a', { class: 'brand', href: home }, h('bdi', null, name)),
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

/** A message, which screen readers read out at once. */
export function notice(kind: 'done' | 'wrong', text: string): Html {
  return h('p', { class: `notice ${kind}`, role: kind === 'done' ? 'status' : 'alert' }, text);
}

/** A control of a form below its label, with anything that follows it. */
export function labelled(label: string, id: string, ...control: readonly Html[]): Html {
  return h('div', { class: 'field' }, h('label', { for: id }, label), ...control);
}

/** A labelled field of a form; `hint` says what to enter. */
export function field(
  label: string,
  attributes: Attributes & { readonly name: string },
  hint?: string,
): Html {
  const id = String(attributes['id'] ?? `field-${attributes.name}`);
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  return labelled(
    label,
    id,
    h('input', { id, 'aria-describedby': hintId, ...attributes }),
    hint === undefined ? null : h('p', { class: 'hint', id: hintId }, hint),
  );
}

/** The field for the password that the account has now. `id`: where a page has two of them. */
export function passwordField(label: string, id = 'field-password'): Html {
  return field(label, {
    id,
    name: 'password',
    type: 'password',
    autocomplete: 'current-password',
    maxlength: 1000,
    required: true,
  });
}

/** A check box or a radio button, with its label. */
export function choice(
  label: string,
  attributes: Attributes & { readonly name: string; readonly value: string },
): Html {
  return h('label', { class: 'choice' }, h('input', attributes), h('span', null, label));
}

const dates = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

/** A time, given in Unix seconds. */
export function moment(seconds: number): Html {
  const date = new Date(seconds * 1000);
  return h('time', { datetime: date.toISOString() }, `${dates.format(date)} UTC`);
}

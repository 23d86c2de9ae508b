/** A browser without scripts, in the test's own process: keeps cookies, sends the forms it was shown. */
import type { Site } from './site.ts';

/** A page as it came. */
export interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** Where it redirects to. */
  readonly location: string | null;
}

/** What to change about a request. */
export interface RequestChange {
  readonly headers?: Readonly<Record<string, string>>;
  readonly address?: string;
}

/** Opens pages and sends forms, as a browser does. */
export interface PagesClient {
  readonly jar: Map<string, string>;
  get(path: string, change?: RequestChange): Promise<Page>;
  /** Sends fields as they are. */
  post(path: string, fields: Readonly<Record<string, string>>, change?: RequestChange): Promise<Page>;
  /** Opens a page and sends a form of it with the token that stands there. */
  send(
    page: string,
    action: string,
    fields: Readonly<Record<string, string>>,
    change?: RequestChange,
  ): Promise<Page>;
  signIn(fields?: Readonly<Record<string, string>>, change?: RequestChange): Promise<Page>;
}

/** The token of the forms on a page. */
export function tokenIn({ html }: Page): string {
  return /name="token" value="([^"]*)"/.exec(html)?.[1] ?? '';
}

/** Makes a client of a site’s pages. */
export function openPages(site: Pick<Site, 'fetch'>, origin = 'http://localhost'): PagesClient {
  const jar = new Map<string, string>();
  const fetch = async (
    path: string,
    init: RequestInit,
    { headers = {}, address }: RequestChange,
  ): Promise<Page> => {
    const cookies = [...jar].map((pair) => pair.join('=')).join('; ');
    const sent = { ...(cookies && { Cookie: cookies }), ...headers };
    const reply = await site.fetch(origin + path, { ...init, headers: sent }, address);
    for (const cookie of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/Max-Age=0(;|$)/.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
    const { status } = reply;
    return {
      status,
      headers: reply.headers,
      html: await reply.text(),
      location: reply.headers.get('Location'),
    };
  };
  const own = { Origin: origin, Host: new URL(origin).host, 'Sec-Fetch-Site': 'same-origin' };
  const self: PagesClient = {
    jar,
    get: (path, change = {}) => fetch(path, {}, change),
    post: (path, fields, { headers = {}, ...change } = {}) =>
      fetch(
        path,
        { method: 'POST', body: new URLSearchParams(fields) },
        { ...change, headers: { ...own, ...headers } },
      ),
    async send(page, action, fields, change) {
      const token = tokenIn(await self.get(page, change));
      return self.post(action, { token, ...fields }, change);
    },
    signIn: (fields = {}, change) =>
      self.send(
        '/account/signin',
        '/account/signin',
        { username: 'test', password: 'test', ...fields },
        change,
      ),
  };
  return self;
}

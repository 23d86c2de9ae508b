/** A browser without scripts, in the test's own process: keeps cookies, sends the forms it was shown. */
import type { Site } from './site.ts';

/** A page as it came. */
export interface Shown {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** Where it sends the visitor. */
  readonly location: string | null;
}

/** What to change about a request. */
export interface Twist {
  readonly headers?: Readonly<Record<string, string>>;
  readonly address?: string;
}

/** A visitor. */
export interface Visitor {
  readonly jar: Map<string, string>;
  get(path: string, twist?: Twist): Promise<Shown>;
  /** Sends fields as they are. */
  post(path: string, fields: Readonly<Record<string, string>>, twist?: Twist): Promise<Shown>;
  /** Opens a page and sends a form of it with the token that stands there. */
  send(page: string, action: string, fields: Readonly<Record<string, string>>, twist?: Twist): Promise<Shown>;
  signIn(fields?: Readonly<Record<string, string>>, twist?: Twist): Promise<Shown>;
}

/** The token of the forms on a page. */
export function tokenIn({ html }: Shown): string {
  return /name="token" value="([^"]*)"/.exec(html)?.[1] ?? '';
}

/** Opens a visitor of a site. */
export function visitor(site: Pick<Site, 'fetch'>, origin = 'http://localhost'): Visitor {
  const jar = new Map<string, string>();
  const fetch = async (path: string, init: RequestInit, { headers = {}, address }: Twist): Promise<Shown> => {
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
  const self: Visitor = {
    jar,
    get: (path, twist = {}) => fetch(path, {}, twist),
    post: (path, fields, { headers = {}, ...twist } = {}) =>
      fetch(
        path,
        { method: 'POST', body: new URLSearchParams(fields) },
        { ...twist, headers: { ...own, ...headers } },
      ),
    async send(page, action, fields, twist) {
      const token = tokenIn(await self.get(page, twist));
      return self.post(action, { token, ...fields }, twist);
    },
    signIn: (fields = {}, twist) =>
      self.send(
        '/account/signin',
        '/account/signin',
        { username: 'test', password: 'test', ...fields },
        twist,
      ),
  };
  return self;
}

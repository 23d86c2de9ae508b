/** Where the endpoints are, which verbs they take, and how large a body may be. @see PROTOCOL §1 */
import type { Endpoint } from './endpoint.ts';

type Wire = Endpoint['wire'];

/** The largest body that an endpoint reads, in bytes. @see PROTOCOL §8 */
export const bodyLimit = 256 * 1024;

/** The same where calls go on to a site behind. @see PROTOCOL §10 */
export const relayedBodyLimit = 2 * 2 ** 20;

/** `/cgi-bin/log.cgi` is the older name, which some clients have built in. */
export const endpointPaths: Readonly<Record<Wire, readonly string[]>> = {
  flat: ['/interface/flat', '/cgi-bin/log.cgi'],
  xmlrpc: ['/interface/xmlrpc'],
};

/** Where the interface for sites begins. */
export const apiPath = '/api/v1';

/** Whether a path is that interface's. */
export function isApiPath(path: string): boolean {
  return path === apiPath || path.startsWith(`${apiPath}/`);
}

/** A GET on flat is answered like an empty form; XML-RPC knows only POST. */
export const endpointVerbs: Readonly<Record<Wire, readonly string[]>> = {
  flat: ['GET', 'HEAD', 'POST'],
  xmlrpc: ['POST'],
};

/**
 * The endpoint at a path. Clients append text to the path: a slash, `.bml`, or (one client, which writes its
 * request line twice) ` HTTP/1.0`. Text that begins with a letter, a digit, `-` or `_` makes another path.
 */
export function endpointAt(endpoints: readonly Endpoint[], path: string): Endpoint | undefined {
  return endpoints.find(({ wire }) =>
    endpointPaths[wire].some((own) => path.startsWith(own) && !/^[A-Za-z0-9_-]/.test(path.slice(own.length))),
  );
}

/** A target that needs no parsing, as nearly all: no query, no escapes, no dots or slashes to resolve. */
const plainTarget = /^(?:\/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)+$/;

/**
 * The path of a request, with double slashes reduced to one and without a slash at its end: clients join a base
 * that ends in a slash with a path that begins with one.
 * @returns `undefined` for a target that is no path on this server
 */
export function pathOf(target: string): string | undefined {
  if (plainTarget.test(target)) return target;
  const url = urlOf(target);
  return url && tidied(decoded(url.pathname));
}

/** A path with double slashes reduced to one, and without a slash at its end. */
export function tidied(path: string): string {
  return path.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
}

const origin = 'http://localhost';

/** A target as a URL, whose host is ignored. A backslash is refused, because some parsers read it as a slash. */
export function urlOf(target: string): URL | undefined {
  if (target.includes('\\')) return undefined;
  const absolute = /^https?:\/\//i.test(target);
  const text = absolute ? target : origin + target;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return absolute || url.origin === origin ? url : undefined;
}

function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

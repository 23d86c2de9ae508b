/** The store that `--store` or LJGATE_STORE names. */

/** Which store, and where its data is. */
export type StoreUri =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'dynamodb'; readonly prefix: string; readonly endpoint?: string }
  | { readonly kind: 'd1'; readonly name: string; readonly local: boolean }
  | { readonly kind: 'memory' };

const wanted = 'sqlite:PATH, dynamodb:PREFIX, dynamodb:PREFIX@ENDPOINT, d1:NAME, d1:NAME@local or memory';

/**
 * Reads `sqlite:PATH | dynamodb:PREFIX[@ENDPOINT] | d1:NAME[@local] | memory`.
 * @throws {Error} naming the value and what is expected
 */
export function parseStoreUri(text: string): StoreUri {
  const wrong = (why: string) => new Error(`wants ${wanted}: ${JSON.stringify(text)} ${why}`);
  if (text === 'memory' || text === 'sqlite::memory:') return { kind: 'memory' };

  const [, kind, rest = ''] = /^(sqlite|dynamodb|d1):(.*)$/s.exec(text) ?? [];
  if (kind === undefined) throw wrong('is of no known kind');
  if (kind === 'sqlite') {
    if (rest === '') throw wrong('names no file');
    return { kind, path: rest };
  }
  if (kind === 'd1') {
    // A name that Cloudflare allows, or an id, which has the same form.
    const [, name, local] = /^(\w[\w-]*)(@local)?$/.exec(rest) ?? [];
    if (name === undefined) throw wrong('names no database');
    return { kind, name, local: local !== undefined };
  }

  const [prefix = '', ...more] = rest.split('@');
  // Table names have 3 to 255 of these characters; "-sessions" is the longer suffix.
  if (!/^[A-Za-z0-9_.-]{1,246}$/.test(prefix)) throw wrong('names no table prefix');
  if (more.length === 0) return { kind: 'dynamodb', prefix };
  const endpoint = more.join('@');
  const protocol = URL.canParse(endpoint) && new URL(endpoint).protocol;
  if (protocol !== 'http:' && protocol !== 'https:') throw wrong('has an endpoint that is no http(s) URL');
  return { kind: 'dynamodb', prefix, endpoint };
}

/**
 * The tables of a packaged function, whose bundle has no other store.
 * @throws {Error} when another store is named
 */
export function dynamodbUri(uri: StoreUri): Extract<StoreUri, { readonly kind: 'dynamodb' }> {
  if (uri.kind === 'dynamodb') return uri;
  throw new Error(`a packaged function has no ${uri.kind} store; it wants dynamodb:PREFIX`);
}

/** Where an operator says the data is: `--store` or LJGATE_STORE. */

/** A store's place. */
export type StoreSpec =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'dynamodb'; readonly prefix: string; readonly endpoint?: string }
  | { readonly kind: 'd1'; readonly name: string; readonly local: boolean }
  | { readonly kind: 'memory' };

const wanted = 'sqlite:PATH, dynamodb:PREFIX, dynamodb:PREFIX@ENDPOINT, d1:NAME, d1:NAME@local or memory';

/**
 * Reads `sqlite:PATH | dynamodb:PREFIX[@ENDPOINT] | d1:NAME[@local] | memory`.
 * @throws {Error} that says what it got and what it wants
 */
export function parseStoreSpec(text: string): StoreSpec {
  const wrong = (why: string) => new Error(`wants ${wanted}: ${JSON.stringify(text)} ${why}`);
  if (text === 'memory') return { kind: 'memory' };

  const [, kind, rest = ''] = /^(sqlite|dynamodb|d1):(.*)$/s.exec(text) ?? [];
  if (kind === undefined) throw wrong('is of no known kind');
  if (kind === 'sqlite') {
    if (rest === '') throw wrong('names no file');
    return { kind, path: rest };
  }
  if (kind === 'd1') {
    // What looks like a flag would be one to wrangler.
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

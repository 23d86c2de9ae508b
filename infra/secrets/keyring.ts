/** The root secrets, and the keys that come from them: one current, older ones still recognised. */
import { hkdfSync, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { fields, reasonOf } from '../../core/checks.ts';
import { readable } from '../../core/digest.ts';

/** What a key is for. Keys of different purposes tell nothing about each other. */
export type KeyPurpose = 'challenge' | 'pepper' | 'seal';

interface RootSecret {
  readonly id: string;
  /** 32 of them. */
  readonly bytes: Uint8Array;
  /** Unix seconds. */
  readonly created: number;
}

/**
 * Several valid root secrets, so that one can be rotated while what the old one made still holds.
 * Private fields keep the bytes out of logs: neither JSON nor `util.inspect` shows them.
 */
export class Keyring {
  readonly #secrets: ReadonlyMap<string, RootSecret>;
  readonly #current: RootSecret;
  readonly #derived = new Map<string, Uint8Array>();

  /** @throws {Error} when two share an id, or none has the current one */
  constructor(current: string, secrets: readonly RootSecret[]) {
    this.#secrets = new Map(secrets.map((secret) => [secret.id, secret]));
    if (this.#secrets.size < secrets.length) throw new Error('secrets: two have the same id');
    const secret = this.#secrets.get(current);
    if (!secret) throw new Error(`current: no secret has the id "${current}"`);
    this.#current = secret;
  }

  /** The current secret's key for a purpose, and the secret's id. */
  current(purpose: KeyPurpose): { readonly id: string; readonly key: Uint8Array } {
    return { id: this.#current.id, key: this.#derive(this.#current, purpose) };
  }

  /** The key of any valid secret. */
  byId(id: string, purpose: KeyPurpose): Uint8Array | undefined {
    const secret = this.#secrets.get(id);
    return secret && this.#derive(secret, purpose);
  }

  /** The secrets themselves, as text that `parseKeyring` reads. For storage alone. */
  reveal(): string {
    const secrets = [...this.#secrets.values()].map(({ id, bytes, created }) => {
      return { id, secret: Buffer.from(bytes).toString('base64'), created };
    });
    return `${JSON.stringify({ current: this.#current.id, secrets }, null, 2)}\n`;
  }

  /** Ids only. */
  toJSON(): { readonly current: string; readonly secrets: readonly string[] } {
    return { current: this.#current.id, secrets: [...this.#secrets.keys()] };
  }

  /** HKDF-SHA-256, RFC 5869. */
  #derive({ id, bytes }: RootSecret, purpose: KeyPurpose): Uint8Array {
    const name = `${id} ${purpose}`;
    const known = this.#derived.get(name);
    if (known) return known;
    const key = new Uint8Array(hkdfSync('sha256', bytes, '', `ljgate ${purpose}`, 32));
    this.#derived.set(name, key);
    return key;
  }
}

/** A keyring with one fresh secret. */
export function generateKeyring(): Keyring {
  const id = readable(randomBytes(8));
  return new Keyring(id, [{ id, bytes: randomBytes(32), created: Math.floor(Date.now() / 1000) }]);
}

const secretId = v.pipe(
  v.string('must be text'),
  v.regex(/^[a-z0-9]{1,32}$/, 'must be 1 to 32 letters a-z and digits'),
);

const rootSecret = fields({
  id: secretId,
  secret: v.pipe(
    v.string('must be text'),
    v.regex(/^[A-Za-z0-9+/]{43}=?$/, 'must be 32 bytes in base64'),
    v.transform((text) => new Uint8Array(Buffer.from(text, 'base64'))),
  ),
  created: v.pipe(
    v.number('must be a time in Unix seconds'),
    v.integer('must be a time in Unix seconds'),
    v.minValue(0, 'must be a time in Unix seconds'),
  ),
});

const storedKeyring = fields({ current: secretId, secrets: v.array(rootSecret, 'must be a list') });

/**
 * Reads `{"current":"id","secrets":[{"id":"…","secret":"base64","created":0}]}`.
 * @throws {Error} saying which place is wrong; never quoting what stands there
 */
export function parseKeyring(text: string): Keyring {
  const result = v.safeParse(storedKeyring, parseJson(text), { abortPipeEarly: true });
  if (!result.success) throw new Error(reasonOf(result.issues));
  const { current, secrets } = result.output;
  return new Keyring(
    current,
    secrets.map(({ id, secret, created }) => ({ id, bytes: secret, created })),
  );
}

/** V8 quotes the text around a syntax error, which may be the secret: its error goes no further. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('is not JSON');
  }
}

/** The root secrets, and the keys that come from them: one current, older ones still recognised. */
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import * as v from 'valibot';
import { fields, reasonOf } from '../../core/checks.ts';
import { readable } from '../../core/digest.ts';
import { systemRandom } from '../system.ts';
import { fromBase64, toBase64 } from './base64.ts';
import type { KeyPurpose, Keys } from './keys.ts';

/** A root secret. */
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
export class Keyring implements Keys {
  readonly #secrets: ReadonlyMap<string, RootSecret>;
  readonly #current: RootSecret;
  readonly #derived = new Map<string, Uint8Array>();
  /** The secret that a rotation which has not ended yet brought in. */
  readonly rotating: string | undefined;

  /** @throws {Error} when two share an id, or none has the current one */
  constructor(current: string, secrets: readonly RootSecret[], rotating?: string) {
    this.#secrets = new Map(secrets.map((secret) => [secret.id, secret]));
    if (this.#secrets.size < secrets.length) throw new Error('secrets: two have the same id');
    const secret = this.#secrets.get(current);
    if (!secret) throw new Error(`current: no secret has the id "${current}"`);
    this.#current = secret;
    if (rotating !== undefined && !this.#secrets.has(rotating)) {
      throw new Error(`rotating: no secret has the id "${rotating}"`);
    }
    this.rotating = rotating;
  }

  /** Id of the current secret. */
  get currentId(): string {
    return this.#current.id;
  }

  /** Every valid secret by id, with the time at which it was made (Unix seconds), the first made first. */
  list(): readonly { readonly id: string; readonly created: number }[] {
    const secrets = [...this.#secrets.values()].map(({ id, created }) => ({ id, created }));
    return secrets.toSorted((a, b) => a.created - b.created);
  }

  /** With a fresh secret beside the current one: valid from now on, used for nothing yet. */
  withFresh(): Keyring {
    const fresh = freshSecret();
    return new Keyring(this.#current.id, [...this.#secrets.values(), fresh], fresh.id);
  }

  /** With another secret as the current one. */
  withCurrent(id: string): Keyring {
    return new Keyring(id, [...this.#secrets.values()], this.rotating);
  }

  /** Without some of the older secrets, and with no rotation under way. */
  withoutOld(ids: readonly string[]): Keyring {
    const left = [...this.#secrets.values()].filter(({ id }) => id === this.#current.id || !ids.includes(id));
    return new Keyring(this.#current.id, left);
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
      return { id, secret: toBase64(bytes), created };
    });
    const { rotating } = this;
    return `${JSON.stringify({ current: this.#current.id, secrets, rotating }, null, 2)}\n`;
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
    const key = hkdf(sha256, bytes, undefined, utf8ToBytes(`ljgate ${purpose}`), 32);
    this.#derived.set(name, key);
    return key;
  }
}

/** A keyring with one fresh secret. */
export function generateKeyring(): Keyring {
  const secret = freshSecret();
  return new Keyring(secret.id, [secret]);
}

function freshSecret(): RootSecret {
  const id = readable(systemRandom.bytes(8));
  return { id, bytes: systemRandom.bytes(32), created: Math.floor(Date.now() / 1000) };
}

const secretId = v.pipe(
  v.string('must be text'),
  v.regex(/^[a-z0-9]{1,32}$/, 'must be 1 to 32 letters a-z and digits'),
);

const secretBytes = v.pipe(
  v.string('must be text'),
  v.regex(/^[A-Za-z0-9+/]{43}=?$/, 'must be 32 bytes in base64'),
  v.transform(fromBase64),
);

const rootSecret = fields({
  id: secretId,
  secret: secretBytes,
  created: v.pipe(
    v.number('must be a time in Unix seconds'),
    v.integer('must be a time in Unix seconds'),
    v.minValue(0, 'must be a time in Unix seconds'),
  ),
});

const storedKeyring = fields({
  current: secretId,
  secrets: v.array(rootSecret, 'must be a list'),
  rotating: v.exactOptional(secretId),
});

/**
 * The form that a CloudFormation stack can generate: one random string beside fixed text. Its 43
 * letters and digits make bytes the same way, with at least 250 bits of chance in them.
 */
const generatedKeyring = v.pipe(
  fields({ id: secretId, secret: secretBytes }),
  v.transform(({ id, secret }) => ({ current: id, secrets: [{ id, secret, created: 0 }] })),
);

/**
 * Reads `{"current":"id","secrets":[{"id":"…","secret":"base64","created":0}]}`, or a single
 * `{"id":"…","secret":"base64"}`.
 * @throws {Error} saying which place is wrong; never quoting what stands there
 */
export function parseKeyring(text: string): Keyring {
  const json = parseJson(text);
  const single = typeof json === 'object' && json !== null && 'secret' in json;
  const schema = single ? generatedKeyring : storedKeyring;
  const result = v.safeParse(schema, json, { abortPipeEarly: true });
  if (!result.success) throw new Error(reasonOf(result.issues));
  const { current, secrets } = result.output;
  const rotating = 'rotating' in result.output ? result.output.rotating : undefined;
  return new Keyring(
    current,
    secrets.map(({ id, secret, created }) => ({ id, bytes: secret, created })),
    rotating,
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

/** The root secrets, and the keys derived from them. One secret is current; older ones are still valid. */
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import * as v from 'valibot';
import { fields, reasonOf } from '../../core/accounts/validation.ts';
import { readable } from '../../core/auth/digest.ts';
import { fromBase64, toBase64 } from '../base64.ts';
import { systemRandom } from '../clock-and-random.ts';
import type { KeyPurpose, Keys } from './secret-keys.ts';

/** A root secret. */
interface RootSecret {
  readonly id: string;
  /** 32 of them. */
  readonly bytes: Uint8Array;
  /** Unix seconds. */
  readonly created: number;
}

/**
 * Several valid root secrets, so that one can be rotated while records of the old one stay valid.
 * Private fields keep the bytes out of logs: neither JSON nor `util.inspect` shows them.
 */
export class Keyring implements Keys {
  readonly #secrets: ReadonlyMap<string, RootSecret>;
  readonly #current: RootSecret;
  readonly #derived = new Map<string, Uint8Array>();
  /** The new secret of a rotation that has not ended. */
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

  /** Every valid secret: its id and the time it was made (Unix seconds), oldest first. */
  list(): readonly { readonly id: string; readonly created: number }[] {
    const secrets = [...this.#secrets.values()].map(({ id, created }) => ({ id, created }));
    return secrets.toSorted((a, b) => a.created - b.created);
  }

  /** A copy with a new secret, which is valid but not used yet. */
  withFresh(): Keyring {
    const fresh = freshSecret();
    return new Keyring(this.#current.id, [...this.#secrets.values(), fresh], fresh.id);
  }

  /** A copy with another current secret. */
  withCurrent(id: string): Keyring {
    return new Keyring(id, [...this.#secrets.values()], this.rotating);
  }

  /** A copy without some older secrets. */
  without(ids: readonly string[]): Keyring {
    const left = [...this.#secrets.values()].filter(({ id }) => id === this.currentId || !ids.includes(id));
    return new Keyring(this.currentId, left, this.rotating);
  }

  /** A copy with the secrets of another one that this lacks; the current one stays. */
  withOthers(other: Keyring): Keyring {
    const all = new Map([...other.#secrets, ...this.#secrets]);
    return new Keyring(this.currentId, [...all.values()], this.rotating);
  }

  /** A copy in which no rotation is in progress. */
  rotated(): Keyring {
    return new Keyring(this.#current.id, [...this.#secrets.values()]);
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

  /** Ids of every valid secret. */
  ids(): readonly string[] {
    return [...this.#secrets.keys()];
  }

  /** A keyring has no source. */
  async reread(): Promise<void> {}

  /** The secrets as text that `parseKeyring` reads. Only for storage. */
  reveal(): string {
    const secrets = [...this.#secrets.values()].map(({ id, bytes, created }) => {
      return { id, secret: toBase64(bytes), created };
    });
    return `${JSON.stringify({ current: this.currentId, secrets, rotating: this.rotating }, null, 2)}\n`;
  }

  /** Ids only. */
  toJSON(): { readonly current: string; readonly secrets: readonly string[] } {
    return { current: this.#current.id, secrets: this.ids() };
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

const noTime = 'must be a time in Unix seconds';

const rootSecret = fields({
  id: secretId,
  secret: secretBytes,
  created: v.pipe(v.number(noTime), v.integer(noTime), v.minValue(0, noTime)),
});

const storedKeyring = fields({
  current: secretId,
  secrets: v.array(rootSecret, 'must be a list'),
  rotating: v.exactOptional(secretId),
});

/**
 * The form that a CloudFormation stack can generate: a random string within a fixed text. Its 43 letters and digits are
 * decoded like base64, and have at least 250 bits of entropy.
 */
const generatedKeyring = v.pipe(
  fields({ id: secretId, secret: secretBytes }),
  v.transform(({ id, secret }) => ({ current: id, secrets: [{ id, secret, created: 0 }] })),
);

/**
 * Reads `{"current":"id","secrets":[{"id":"…","secret":"base64","created":0}]}`, or a single
 * `{"id":"…","secret":"base64"}`.
 * @throws {Error} naming the wrong member, never quoting its value
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

/** V8's error quotes the text around a syntax error, which may be the secret. So it is not passed on. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('is not JSON');
  }
}

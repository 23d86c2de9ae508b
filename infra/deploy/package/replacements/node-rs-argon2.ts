/**
 * Replaces `@node-rs/argon2`, which looks for the binary of the machine's processor: the zip holds one, for
 * its own. It is loaded when the first password is hashed: many functions start for calls without one.
 */
import { createRequire } from 'node:module';

type Binding = typeof import('@node-rs/argon2');

let loaded: Binding | undefined;

function binding(): Binding {
  loaded ??= createRequire(import.meta.url)('./argon2.node') as Binding;
  return loaded;
}

export const hash: Binding['hash'] = (...input) => binding().hash(...input);
export const verify: Binding['verify'] = (...input) => binding().verify(...input);

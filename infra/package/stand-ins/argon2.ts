/**
 * Stands in for `@node-rs/argon2`'s loader in a bundle: the zip holds one binary, for its own
 * processor, so there is nothing to look for.
 */
import { createRequire } from 'node:module';

const binding: typeof import('@node-rs/argon2') = createRequire(import.meta.url)('./argon2.node');

export const { hash, verify } = binding;

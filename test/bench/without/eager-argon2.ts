/** Loads argon2's binary when the function starts. */
import { createRequire } from 'node:module';

type Binding = typeof import('@node-rs/argon2');

export const { hash, verify }: Binding = createRequire(import.meta.url)('./argon2.node');

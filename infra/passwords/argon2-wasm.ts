/** argon2id as WebAssembly, for runtimes that take no native code: Cloudflare Workers. */
import setupWasm, { type computeHash as ComputeHash } from 'argon2id/lib/setup.js';
import { sameText } from '../../core/digest.ts';
import type { PasswordHasher } from '../../core/ports.ts';
import type { Keys } from '../secrets/keys.ts';
import { type HasherOptions, pepperedHasher } from './hasher.ts';
import { type Cost, writePhc } from './phc.ts';

/**
 * Builds the hasher: as the native one, and each checks what the other made. A hash holds the thread
 * from its beginning to its end.
 * @param module `argon2id/dist/simd.wasm`, compiled: a Worker gets it by importing it, and may
 *   compile none by itself
 */
export function createWasmHasher(
  module: WebAssembly.Module,
  keyring: Keys,
  options: HasherOptions = {},
): PasswordHasher {
  let loading: Promise<ComputeHash> | undefined;
  const tag = async (password: string, salt: Uint8Array, cost: Cost, secret: Uint8Array) => {
    loading ??= load(module);
    const compute = await loading.catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return compute({
      password: new TextEncoder().encode(password),
      salt,
      parallelism: cost.parallelism,
      passes: cost.timeCost,
      memorySize: cost.memoryCost,
      tagLength: 32,
      secret,
    });
  };
  return pepperedHasher(
    {
      async hash(password, cost, secret) {
        const salt = crypto.getRandomValues(new Uint8Array(16));
        return writePhc({ ...cost, salt, tag: await tag(password, salt, cost, secret) });
      },
      async verify(phc, parsed, password, secret) {
        const computed = await tag(password, parsed.salt, parsed, secret);
        return sameText(writePhc({ ...parsed, tag: computed }), phc);
      },
      // What the module's memory has room for from the start: 65 MiB of the 128 that a Worker gets.
      mostMemory: 64 * 1024,
      concurrency: 1,
    },
    keyring,
    options,
  );
}

/** Both of the package's loaders: every runtime of today has WebAssembly's vectors. */
async function load(module: WebAssembly.Module): Promise<ComputeHash> {
  const instantiate = async (imports: WebAssembly.Imports) => ({
    module,
    instance: await WebAssembly.instantiate(module, imports),
  });
  return setupWasm(instantiate, instantiate);
}

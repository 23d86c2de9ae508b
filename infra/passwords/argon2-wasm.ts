/** argon2id as WebAssembly, for runtimes without native code: Cloudflare Workers. */
import setupWasm, { type computeHash as ComputeHash } from 'argon2id/lib/setup.js';
import { sameText } from '../../core/auth/digest.ts';
import type { PasswordHasher } from '../../core/ports.ts';
import { openOnce } from '../open-once.ts';
import type { Keys } from '../secrets/secret-keys.ts';
import { type HasherOptions, pepperedHasher } from './hasher.ts';
import { type Cost, writePhc } from './phc.ts';

/**
 * Builds the hasher. It and the native one verify each other's hashes. A hash blocks the thread until it is done.
 * @param module `argon2id/dist/simd.wasm`, compiled: a Worker gets it by an import, and may not compile it itself
 */
export function createWasmHasher(
  module: WebAssembly.Module,
  keyring: Keys,
  options: HasherOptions = {},
): PasswordHasher {
  const loaded = openOnce(() => load(module));
  const tag = async (password: string, salt: Uint8Array, cost: Cost, secret: Uint8Array) => {
    const compute = await loaded();
    await nextTurn();
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
      // The module's memory begins with 65 MiB, of the 128 MiB of a Worker.
      mostMemory: 64 * 1024,
      concurrency: 1,
    },
    keyring,
    options,
  );
}

/**
 * Before each hash, the calls that have come in the meantime: only then does the queue know how many wait, and for
 * how long. A Worker's clock stands still until the next turn.
 */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** The package asks for two loaders, with and without SIMD. Every runtime has SIMD today. */
async function load(module: WebAssembly.Module): Promise<ComputeHash> {
  const instantiate = async (imports: WebAssembly.Imports) => ({
    module,
    instance: await WebAssembly.instantiate(module, imports),
  });
  return setupWasm(instantiate, instantiate);
}

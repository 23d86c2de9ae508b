/** What passwords cost at least: argon2id and nothing else, with ljgate's parameters, on every core. */
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';

// libuv's usual four threads leave cores of a larger machine idle.
process.env['UV_THREADPOOL_SIZE'] ??= String(Math.max(4, availableParallelism()));

const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const secret = Buffer.alloc(32, 7);
const verifier = await hash('password', { ...cost, secret });

/** Told a number, makes as many checks, as many at once as there are cores, and says how many ms it took. */
process.on('message', async (checks: number) => {
  const start = performance.now();
  let begun = 0;
  const one = async () => {
    while (begun++ < checks) await verify(verifier, 'password', { secret });
  };
  await Promise.all(Array.from({ length: availableParallelism() }, one));
  process.send?.(performance.now() - start);
});
process.send?.(0);

/**
 * Preloaded into a program by `--import`: gives it one of its modules as a file of this folder has it, so that what the
 * module does can be measured with and without. The variable BENCH_WITHOUT names the file, and the module that it is for.
 */
import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const [file = '', replaced = ''] = (process.env['BENCH_WITHOUT'] ?? '').split('|');
const url = new URL(`./${file}`, import.meta.url).href;
let used = false;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const wanted = specifier === replaced || specifier.endsWith(`/${replaced}`);
    // The file itself may import what it replaces.
    if (!wanted || context.parentURL === url) return nextResolve(specifier, context);
    used = true;
    return { url, shortCircuit: true };
  },
});

/** Milliseconds after which a program has imported what it ever will at its start. */
const startTime = 3000;

// A module that was renamed would else be measured beside itself.
if (isMainThread) {
  setTimeout(() => {
    if (!used) throw new Error(`nothing imports ${replaced}: name in test/bench/tricks.ts what does`);
  }, startTime).unref();
}

/**
 * Preloaded into a program by `--import`: gives it one of its modules as a file of this folder has it, so that what the
 * module does can be measured with and without. The variable BENCH_WITHOUT names the file, and the module that it is for.
 */
import { registerHooks } from 'node:module';

const [file = '', replaced = ''] = (process.env['BENCH_WITHOUT'] ?? '').split('|');
const url = new URL(`./${file}`, import.meta.url).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    // The file itself may import what it replaces.
    const wanted = specifier === replaced || specifier.endsWith(`/${replaced}`);
    return wanted && context.parentURL !== url
      ? { url, shortCircuit: true }
      : nextResolve(specifier, context);
  },
});

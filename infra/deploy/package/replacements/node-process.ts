/**
 * Replaces the module `node:process`: to import it makes Node load all of the properties of `process`, its
 * reports and finalisers too, where the global is there already.
 */
export const { env, versions } = globalThis.process;

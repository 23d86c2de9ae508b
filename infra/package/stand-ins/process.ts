/**
 * Stands in for the module `node:process`: importing that makes Node load everything that hangs on
 * `process`, its reports and finalisers among it, where the global is there already.
 */
export const { env, versions } = globalThis.process;

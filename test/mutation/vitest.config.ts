/** The tests that mutants of the core have to fail: those of its behaviour, in the test's own process. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/core/**/*.test.ts', 'test/conformance/**/*.test.ts'],
    // One compiles copies of the sources, the other starts servers and Workers.
    exclude: ['**/fifth-method.test.ts', '**/wire-table.test.ts'],
    isolate: false,
    testTimeout: 300_000,
  },
});

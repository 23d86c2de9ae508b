/** The protocol's and the pages' own suites, with endpoints and pages in the real workerd. */
import { readdirSync } from 'node:fs';
import { describe } from 'vitest';

process.env['LJGATE_TEST_RUNTIME'] = 'workerd';

const protocol = new URL('../../../conformance/', import.meta.url);
const suites = readdirSync(protocol)
  // The table of requests is tried on a Worker by its own suite.
  .filter((name) => name.endsWith('.test.ts') && !name.startsWith('wire-table'))
  .map((name) => new URL(name, protocol));
const pages = ['account', 'hostile', 'session-check', 'sign-in'];
suites.push(...pages.map((name) => new URL(`../../web/${name}.test.ts`, import.meta.url)));

for (const suite of suites) {
  describe(suite.pathname.split('/').slice(-2).join('/'), async () => {
    await import(suite.href);
  });
}

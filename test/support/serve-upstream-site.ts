/** Serves the site of tests for programs from outside: `node test/support/serve-upstream-site.ts [PORT]`. */
import { startUpstreamSite } from './upstream-site.ts';

const site = await startUpstreamSite({ way: 'anything' }, Number(process.argv[2] ?? 0));
console.log(site.url.href);

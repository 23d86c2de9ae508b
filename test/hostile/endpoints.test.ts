/** The corpus, fed to both endpoints in this process. */
import { named, openSite } from '../support/site.ts';
import { describeHostile } from './corpus-suite.ts';
import { siteTransport } from './transports.ts';

describeHostile('the endpoints', async () => {
  const site = await openSite({}, { bans: { pair: 'off', sweep: 'off' } });
  await site.add({ username: named('demo_unicode') });
  return siteTransport(site);
});

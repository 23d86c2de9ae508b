/** The corpus, fed to both doors in this process. */
import { named, openSite } from '../support/site.ts';
import { describeHostile } from './suite.ts';
import { siteTarget } from './targets.ts';

describeHostile('the doors', async () => {
  const site = await openSite({}, { bans: { pair: 'off', sweep: 'off' } });
  await site.add({ username: named('demo_unicode') });
  return siteTarget(site);
});

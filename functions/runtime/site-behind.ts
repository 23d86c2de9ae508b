/** Opens the site behind in a runtime, where one is set. */
import type { SiteOpener } from '../../infra/compose.ts';
import type { UpstreamPlatform } from '../../infra/upstream/open-upstream.ts';
import type { UpstreamAuth } from '../../infra/upstream/upstream.ts';

/** The settings of the site. */
interface SiteSettings {
  readonly upstream?: URL;
  readonly upstreamAuth: UpstreamAuth;
  readonly upstreamLogin: 'own' | 'site';
  readonly upstreamIssuer: string;
}

/** What opens the site; `undefined` where none is set. Its code is loaded only where one is. */
export async function siteBehind(
  settings: SiteSettings,
  platform: () => Promise<UpstreamPlatform>,
  logFailure: (error: Error) => void,
): Promise<SiteOpener | undefined> {
  const { upstream, upstreamLogin } = settings;
  if (upstream === undefined) return undefined;
  const { openUpstream } = await import('../../infra/upstream/open-upstream.ts');
  const opened = await platform();
  const opener: SiteOpener = {
    open: (secrets) => openUpstream({ ...settings, upstream }, secrets, opened),
  };
  if (upstreamLogin === 'own') return opener;
  const { siteLogins } = await import('../wire/relay/site-logins.ts');
  return { ...opener, logins: (site) => siteLogins(site, logFailure) };
}

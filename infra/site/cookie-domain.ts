/** The domain for which browsers keep a session: a site's other hosts, such as `USER.example.com`, get it too. */
import * as v from 'valibot';

/** A host name of two labels or more, in lower case, whose last label is no number (RFC 1035 §2.3.1). */
const hostName = /^(?=.{1,253}$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z](?:[a-z\d-]{0,61}[a-z\d])?$/;

/** As a member of the site's file. */
export const cookieDomain = v.pipe(
  v.string('must be text'),
  v.regex(hostName, 'must be a host name in lower case, such as "example.com"'),
);

/** Whether a browser at this host (`Host`, perhaps with a port) takes a cookie for the domain. */
export function isHostOf(host: string, domain: string): boolean {
  const name = host.replace(/:\d*$/, '').toLowerCase();
  return name === domain || name.endsWith(`.${domain}`);
}

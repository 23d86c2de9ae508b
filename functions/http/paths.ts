/** Where the doors are. */
import type { Door } from '../adapters/door.ts';

/** `/cgi-bin/log.cgi` is the older name, which some clients have built in. @see PROTOCOL §1 */
export const doorPaths: Readonly<Record<Door['wire'], readonly string[]>> = {
  flat: ['/interface/flat', '/cgi-bin/log.cgi'],
  xmlrpc: ['/interface/xmlrpc'],
};

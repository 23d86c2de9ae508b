/** Where the doors are. */
import type { Door } from '../adapters/door.ts';

/** `/cgi-bin/log.cgi` is the older name, which some clients have built in. @see PROTOCOL §1 */
export const doorPaths: Readonly<Record<Door['wire'], readonly string[]>> = {
  flat: ['/interface/flat', '/cgi-bin/log.cgi'],
  xmlrpc: ['/interface/xmlrpc'],
};

/** Doors by every path that leads to them. */
export function doorsByPath(doors: readonly Door[]): ReadonlyMap<string, Door> {
  return new Map(doors.flatMap((door) => doorPaths[door.wire].map((path) => [path, door])));
}

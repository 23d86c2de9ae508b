/** What a site has of its own, as its operator writes it in JSON: moods, a web menu, its name and its pages. */
import * as v from 'valibot';
import {
  distinct,
  fields,
  list,
  maxInt,
  quoted,
  reasonOf,
  text,
  webUrl,
  whole,
} from '../../core/accounts/validation.ts';
import type { MenuItem, Mood } from '../../core/protocol/gateway-settings.ts';
import { type SiteIdentity, siteIdentity } from './site-identity.ts';

/** What a site may set. */
export interface SiteData extends SiteIdentity {
  readonly moods?: readonly Mood[];
  readonly menus?: readonly MenuItem[];
}

const mood = fields({ id: whole(1, maxInt), parent: whole(0, maxInt), name: text(100, 1) });

/** Clients climb from a mood to its root: a mood that leads nowhere or in a circle would hang them. */
function rootless(moods: readonly Mood[]): Mood | undefined {
  const parents = new Map(moods.map(({ id, parent }) => [id, parent]));
  return moods.find(({ id }) => {
    let at: number | undefined = id;
    for (let steps = 0; at !== undefined && at !== 0 && steps <= moods.length; steps++) at = parents.get(at);
    return at !== 0;
  });
}

const moods = v.pipe(
  list(mood, 10_000),
  distinct('id', ({ id }) => id),
  v.check(
    (all) => rootless(all) === undefined,
    ({ input }) => `the parents of ${quoted(rootless(input)?.name)} do not lead to a root (parent 0)`,
  ),
);

/** An entry before it is known which of the three kinds it is. */
interface MenuEntry {
  readonly text: string;
  readonly url?: string;
  readonly sub?: readonly MenuItem[];
}

const menuItem: v.GenericSchema<unknown, MenuItem> = v.pipe(
  fields({
    text: text(100, 1),
    url: v.exactOptional(webUrl),
    sub: v.exactOptional(v.lazy(() => list(menuItem, 100))),
  }),
  v.check(
    (entry) => kindOf(entry) !== undefined,
    'must have a text and either url or sub, or the text "-" alone for a separator',
  ),
  v.transform((entry) => kindOf(entry) as MenuItem),
);

function kindOf({ text, url, sub }: MenuEntry): MenuItem | undefined {
  if (text === '-') return url === undefined && sub === undefined ? { text } : undefined;
  if (sub === undefined) return url === undefined ? undefined : { text, url };
  return url === undefined ? { text, sub } : undefined;
}

const siteData = v.pipe(
  v.custom<unknown>((json) => !Array.isArray(json), 'must be an object'),
  fields({ moods: v.exactOptional(moods), menus: v.exactOptional(list(menuItem, 100)), ...siteIdentity }),
);

/**
 * Reads a site's data.
 * @throws {Error} saying which place in it is wrong, and what it wants there
 */
export function parseSite(text: string): SiteData {
  const result = v.safeParse(siteData, parseJson(text), { abortPipeEarly: true });
  if (result.success) return result.output;
  throw new Error(reasonOf(result.issues));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`is not JSON: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}

/** The events that the Lambda console offers under «Test», as the template has them. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { parse } from 'yaml';

const file = new URL('../../infra/deploy/resources/test-events.yml', import.meta.url);

const content = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    components: v.object({ examples: v.record(v.string(), v.object({ value: v.looseObject({}) })) }),
  }),
);
const fragment = v.object({
  Resources: v.record(v.string(), v.object({ Properties: v.object({ Content: content }) })),
});
const { Resources } = v.parse(fragment, parse(readFileSync(file, 'utf8')));

/** A function's events by their names. @throws {Error} where it has none */
export function testEvents(name: 'Flat' | 'Xmlrpc' | 'Admin'): ReadonlyMap<string, object> {
  const schema = Resources[`${name}TestEvents`];
  if (!schema) throw new Error(`the template has no test events of ${name}`);
  const { examples } = schema.Properties.Content.components;
  return new Map(Object.entries(examples).map(([event, { value }]) => [event, value]));
}

/** The admin function's events by their names. */
export const adminEvents: ReadonlyMap<string, { readonly verb: string }> = new Map(
  [...testEvents('Admin')].map(([name, event]) => [
    name,
    v.parse(v.looseObject({ verb: v.string() }), event),
  ]),
);

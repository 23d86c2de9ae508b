/** What a deployment would change about a stack: its template as deployed against the one to deploy. */
import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import * as v from 'valibot';
import { holds } from './conditions.ts';

const templateShape = v.object({
  Conditions: v.optional(v.record(v.string(), v.unknown()), {}),
  Resources: v.record(
    v.string(),
    v.looseObject({
      Type: v.string(),
      Condition: v.optional(v.string()),
      Properties: v.optional(v.record(v.string(), v.unknown()), {}),
    }),
  ),
});

/** A resource that is made: its condition holds, and nothing of it depends on another. */
interface PlannedResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** As much of a template as is compared, without what its conditions leave out. */
export type DeployedTemplate = Readonly<Record<string, PlannedResource>>;

/**
 * Reads a template for a region, without the time in the names of the zips: osls compares the zips themselves.
 * @throws {ValiError} where it is none
 */
export function readTemplate(json: string, region: string): DeployedTemplate {
  const untimed = json.replaceAll(/"serverless\/[^"]+\/\d+-[^"/]+\/(\w+\.zip)"/g, '"$1"');
  const { Conditions, Resources } = v.parse(templateShape, JSON.parse(untimed));
  const isRegion = (side: unknown) => JSON.stringify(side) === '{"Ref":"AWS::Region"}';
  const kept = (name: string) => holds(name, Conditions, (side) => (isRegion(side) ? region : String(side)));
  const made = Object.entries(Resources).filter(
    ([, { Condition }]) => Condition === undefined || kept(Condition),
  );
  return Object.fromEntries(
    made.map(([name, { Type, Properties }]) => [
      name,
      { Type, Properties: v.parse(v.record(v.string(), v.unknown()), chosen(Properties, kept)) },
    ]),
  );
}

/** The same with each `Fn::If` replaced by what it comes to. */
function chosen(value: unknown, kept: (name: string) => boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => chosen(item, kept));
  if (typeof value !== 'object' || value === null) return value;
  const entries: readonly (readonly [string, unknown])[] = Object.entries(value);
  const [[called, of] = []] = entries;
  if (called === 'Fn::If' && Array.isArray(of)) return chosen(of[kept(String(of[0])) ? 1 : 2], kept);
  return Object.fromEntries(entries.map(([name, inner]) => [name, chosen(inner, kept)]));
}

/** One resource that changes. `replaced`: CloudFormation makes a new one and removes the old. */
export interface PlannedChange {
  readonly name: string;
  readonly type: string;
  readonly what: 'added' | 'removed' | 'changed' | 'replaced';
  /** Properties that differ. */
  readonly properties: readonly string[];
}

/** Every resource that would change, in the order of the templates. */
export async function plannedChanges(
  before: DeployedTemplate,
  after: DeployedTemplate,
): Promise<readonly PlannedChange[]> {
  const replacing = await replacingProperties();
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name): readonly PlannedChange[] => {
    const [old, made] = [before[name], after[name]];
    if (!old && !made) return [];
    if (!old) return made ? [{ name, type: made.Type, what: 'added', properties: [] }] : [];
    if (!made) return [{ name, type: old.Type, what: 'removed', properties: [] }];
    const properties = differing(old.Properties, made.Properties);
    const replaced = old.Type !== made.Type || properties.some((one) => replacing(made.Type, one));
    if (replaced) return [{ name, type: made.Type, what: 'replaced', properties }];
    return properties.length > 0 ? [{ name, type: made.Type, what: 'changed', properties }] : [];
  });
}

/** Whether a change may lose something, so that somebody has to agree to it. */
export function losesSomething({ what }: PlannedChange): boolean {
  return what === 'removed' || what === 'replaced';
}

/** A line for each change. */
export function describeChanges(changes: readonly PlannedChange[]): readonly string[] {
  return changes.map(({ name, type, what, properties }) => {
    const which = properties.length > 0 ? ` (${properties.join(', ')})` : '';
    return `${what.padEnd(8)} ${name}, ${type}${which}`;
  });
}

function differing(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>) {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
}

/** Which properties CloudFormation cannot change in place, from the CloudFormation Registry's schemas. */
async function replacingProperties(): Promise<(type: string, property: string) => boolean> {
  const database = await loadAwsServiceSpec();
  return (type, property) => {
    const [resource] = database.lookup('resource', 'cloudFormationType', 'equals', type);
    return resource?.properties[property]?.causesReplacement === 'yes';
  };
}

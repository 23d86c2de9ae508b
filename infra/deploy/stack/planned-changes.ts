/** What a deployment would change about a stack: its template as deployed against the one to deploy. */
import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import * as v from 'valibot';

const templateShape = v.object({
  Resources: v.record(
    v.string(),
    v.looseObject({ Type: v.string(), Properties: v.optional(v.record(v.string(), v.unknown()), {}) }),
  ),
});

/** As much of a template as is compared. */
export type DeployedTemplate = v.InferOutput<typeof templateShape>;

/**
 * Reads a template, without the time in the names of the zips: osls compares the zips themselves.
 * @throws {ValiError} where it is none
 */
export function readTemplate(json: string): DeployedTemplate {
  return v.parse(
    templateShape,
    JSON.parse(json.replaceAll(/"serverless\/[^"]+\/\d+-[^"/]+\/(\w+\.zip)"/g, '"$1"')),
  );
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
  const names = [...new Set([...Object.keys(before.Resources), ...Object.keys(after.Resources)])];
  return names.flatMap((name): readonly PlannedChange[] => {
    const [old, made] = [before.Resources[name], after.Resources[name]];
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

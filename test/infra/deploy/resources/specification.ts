/**
 * Holds a template against AWS's own schemas of its resources, the CloudFormation Registry's, as the
 * CDK publishes them on npm: types, names of properties, what is required, kinds of values, references
 * and attributes. They say nothing of patterns and allowed values: allowed-values.ts has those.
 */
import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import type { Json, JsonObject, Resource, Template } from './template.ts';

type Database = Awaited<ReturnType<typeof loadAwsServiceSpec>>;
type Spec = ReturnType<Database['all']>[number] & SpecResource;

/** The parts of a resource's schema that are looked at. */
interface SpecResource {
  readonly properties: Readonly<Record<string, SpecProperty>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface SpecProperty {
  readonly type: SpecType;
  readonly required?: boolean;
}

type SpecType =
  | { readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'date-time' | 'json' | 'tag' | 'null' }
  | { readonly type: 'array' | 'map'; readonly element: SpecType }
  | { readonly type: 'union'; readonly types: readonly SpecType[] }
  | { readonly type: 'ref'; readonly reference: { readonly $ref: string } };

const database = await loadAwsServiceSpec();

function specOf(type: string): Spec | undefined {
  const [found] = database.lookup('resource', 'cloudFormationType', 'equals', type);
  return found as Spec | undefined;
}

/** Whether resources of a type can say in a property of this name what they are. */
export function hasProperty(type: string, name: string): boolean {
  return specOf(type)?.properties[name] !== undefined;
}

/** What is wrong with a template, a sentence each. */
export function complaints(template: Template): readonly string[] {
  const found: string[] = [];
  for (const [name, resource] of Object.entries(template.Resources)) {
    const spec = specOf(resource.Type);
    if (!spec) {
      found.push(`${name}: there is no ${resource.Type}`);
      continue;
    }
    checkProperties(resource.Properties ?? {}, spec.properties, name, found);
    checkReferences(resource, template, name, found);
    for (const other of [resource.DependsOn ?? []].flat()) {
      if (!template.Resources[other]) found.push(`${name}: depends on ${other}, which is not there`);
    }
  }
  checkReferences(template.Outputs, template, 'Outputs', found);
  return found;
}

function checkProperties(
  given: JsonObject,
  wanted: Readonly<Record<string, SpecProperty>>,
  place: string,
  found: string[],
): void {
  for (const [name, value] of Object.entries(given)) {
    const property = wanted[name];
    if (property) checkValue(value, property.type, `${place}.${name}`, found);
    else found.push(`${place}: has no property ${name}`);
  }
  for (const [name, { required }] of Object.entries(wanted)) {
    if (required && !(name in given)) found.push(`${place}: lacks ${name}`);
  }
}

function checkValue(value: Json, type: SpecType, place: string, found: string[]): void {
  const branches = branchesOf(value);
  if (branches) for (const branch of branches) checkValue(branch, type, place, found);
  else if (!isFunction(value) && !fits(value, type, place, found)) {
    found.push(`${place}: ${JSON.stringify(value)} is no ${type.type}`);
  }
}

/** Both outcomes of an `Fn::If`, but for the one that leaves the property out. */
function branchesOf(value: Json): readonly Json[] | undefined {
  if (!isObject(value) || !Array.isArray(value['Fn::If'])) return undefined;
  const [, ...branches] = value['Fn::If'] as readonly Json[];
  return branches.filter((branch) => !(isObject(branch) && branch['Ref'] === 'AWS::NoValue'));
}

function fits(value: Json, type: SpecType, place: string, found: string[]): boolean {
  switch (type.type) {
    case 'string':
    case 'date-time':
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    // CloudFormation takes "100" and "true" as well.
    case 'integer':
      return Number.isInteger(Number(value)) && value !== '';
    case 'number':
      return Number.isFinite(Number(value)) && value !== '';
    case 'boolean':
      return ['true', 'false'].includes(String(value));
    case 'array':
      if (!Array.isArray(value)) return false;
      value.forEach((item: Json, i) => {
        checkValue(item, type.element, `${place}[${i}]`, found);
      });
      return true;
    case 'map':
      if (!isObject(value)) return false;
      for (const [name, item] of Object.entries(value)) {
        checkValue(item, type.element, `${place}.${name}`, found);
      }
      return true;
    case 'ref': {
      if (!isObject(value)) return false;
      const definition = database.get('typeDefinition', type.reference.$ref);
      checkProperties(value, definition.properties as SpecResource['properties'], place, found);
      return true;
    }
    case 'tag':
      return isObject(value) && typeof value['Key'] === 'string' && 'Value' in value;
    case 'union':
      return type.types.some((one) => {
        const inner: string[] = [];
        return fits(value, one, place, inner) && inner.length === 0;
      });
    case 'json':
      return true;
    case 'null':
      return value === null;
  }
}

/** Every name that a function of CloudFormation's mentions must be there, and have that attribute. */
function checkReferences(value: Json, template: Template, place: string, found: string[]): void {
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) checkReferences(item, template, place, found);
    return;
  }
  if (!isObject(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    if (name === 'Ref') checkName(String(inner), template, place, found);
    else if (name === 'Fn::GetAtt') checkName([inner].flat().join('.'), template, place, found);
    else if (name === 'Fn::Sub') {
      const text = Array.isArray(inner) ? String(inner[0]) : String(inner);
      for (const [, mentioned = ''] of text.matchAll(/\$\{([^!}][^}]*)\}/g)) {
        checkName(mentioned, template, place, found);
      }
    } else if (name === 'Fn::If' || name === 'Condition') {
      const condition = Array.isArray(inner) ? inner[0] : inner;
      if (typeof condition === 'string' && !template.Conditions?.[condition]) {
        found.push(`${place}: there is no condition ${condition}`);
      }
    }
    checkReferences(inner, template, place, found);
  }
}

function checkName(mentioned: string, template: Template, place: string, found: string[]): void {
  if (mentioned.startsWith('AWS::')) return;
  const [name = '', ...attribute] = mentioned.split('.');
  const resource: Resource | undefined = template.Resources[name];
  if (!resource) found.push(`${place}: mentions ${name}, which is not there`);
  else if (attribute.length > 0 && !specOf(resource.Type)?.attributes[attribute.join('.')]) {
    found.push(`${place}: ${name} has no attribute ${attribute.join('.')}`);
  }
}

function isFunction(value: Json): boolean {
  const [name, ...more] = isObject(value) ? Object.keys(value) : [];
  return more.length === 0 && name !== undefined && (name === 'Ref' || name.startsWith('Fn::'));
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

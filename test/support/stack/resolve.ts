/** Resolves a packaged template as CloudFormation does: conditions, references, functions and dynamic references. */
import { holds as conditionHolds } from '../../../infra/deploy/stack/conditions.ts';
import type { Json, JsonObject, Resource, Template } from '../../infra/deploy/resources/template.ts';
import { identityOf, type Place } from './identities.ts';

/** A resource that is there, with every function in its properties replaced by what it gives. */
export interface ResolvedResource {
  readonly type: string;
  readonly properties: JsonObject;
}

/** A template without conditions and references. */
export interface ResolvedTemplate {
  readonly place: Place;
  /** By logical name; those whose condition does not hold are left out. */
  readonly resources: ReadonlyMap<string, ResolvedResource>;
  readonly outputs: Readonly<Record<string, string>>;
  /** What `Ref` gives. @throws {Error} for a resource that is not there */
  ref(name: string): string;
  /** What `Fn::GetAtt` gives. @throws {Error} for an attribute that is not known here */
  attribute(name: string, attribute: string): string;
}

/** What a dynamic reference such as `{{resolve:secretsmanager:ARN:SecretString}}` gives. */
export type SecretOf = (arn: string) => string;

const nothing = Symbol('AWS::NoValue');
type Value = Json | typeof nothing;

/** @throws {Error} for a reference to nothing, and for a function that is not known here */
export function resolveTemplate(template: Template, place: Place, secretOf: SecretOf): ResolvedTemplate {
  const holds = (name: string): boolean =>
    conditionHolds(name, template.Conditions ?? {}, (side) => textOf(side as Json));

  const present = Object.entries(template.Resources).filter(
    ([, { Condition }]) => Condition === undefined || holds(Condition),
  );
  const byName = new Map<string, Resource>(present);

  function resourceOf(name: string): Resource {
    const resource = byName.get(name);
    if (!resource) throw new Error(`${name} is not there`);
    return resource;
  }

  function nameOf(name: string): string {
    const { Type, Properties = {} } = resourceOf(name);
    const own = Properties[identityOf(Type).nameFrom ?? ''];
    return own === undefined ? `${place.stack}-${name}` : textOf(own);
  }

  function ref(name: string): string {
    const pseudo = pseudoParameters(place)[name];
    return pseudo ?? identityOf(resourceOf(name).Type).ref(nameOf(name), place);
  }

  function attribute(name: string, wanted: string): string {
    const { Type } = resourceOf(name);
    const give = identityOf(Type).attributes[wanted];
    if (!give) throw new Error(`${name}: no attribute ${wanted} of ${Type} is known here`);
    return give(nameOf(name), place);
  }

  function mentioned(reference: string): string {
    const [name = '', ...rest] = reference.split('.');
    return rest.length > 0 ? attribute(name, rest.join('.')) : ref(reference);
  }

  function substituted(text: string, own: JsonObject): string {
    return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      const value = own[name];
      return value === undefined ? mentioned(name) : textOf(value);
    });
  }

  function called(name: string, of: Json): Value {
    const several = Array.isArray(of) ? (of as readonly Json[]) : [];
    switch (name) {
      case 'Ref':
        return of === 'AWS::NoValue' ? nothing : ref(String(of));
      case 'Fn::GetAtt':
        return mentioned([of].flat().join('.'));
      case 'Fn::Sub': {
        const [text = '', own = {}] = typeof of === 'string' ? [of] : several;
        return substituted(String(text), isObject(own) ? own : {});
      }
      case 'Fn::Join': {
        const [separator, parts] = several;
        return (Array.isArray(parts) ? (parts as readonly Json[]) : []).map(textOf).join(String(separator));
      }
      case 'Fn::If': {
        const [condition, yes = null, no = null] = several;
        return evaluated(holds(String(condition)) ? yes : no);
      }
      default:
        throw new Error(`${name} is not known here`);
    }
  }

  function evaluated(json: Json): Value {
    if (typeof json === 'string') return dynamic(json, secretOf);
    if (Array.isArray(json)) return (json as readonly Json[]).map(evaluated).filter(isJson);
    if (!isObject(json)) return json;
    const [name, of] = functionIn(json) ?? [];
    if (name !== undefined && of !== undefined && name !== 'Condition') {
      const value = called(name, of);
      return typeof value === 'string' ? dynamic(value, secretOf) : value;
    }
    const entries = Object.entries(json).map(([key, inner]): [string, Value] => [key, evaluated(inner)]);
    return Object.fromEntries(entries.filter((entry): entry is [string, Json] => isJson(entry[1])));
  }

  function textOf(json: Json): string {
    const value = evaluated(json);
    return typeof value === 'symbol' ? '' : String(value);
  }

  const resources = new Map<string, ResolvedResource>();
  for (const [name, { Type, Properties = {} }] of present) {
    const properties = evaluated(Properties);
    resources.set(name, { type: Type, properties: isObject(properties) ? properties : {} });
  }
  const outputs = Object.entries(template.Outputs).filter(
    ([, { Condition }]) => Condition === undefined || holds(String(Condition)),
  );
  return {
    place,
    resources,
    outputs: Object.fromEntries(outputs.map(([name, { Value = '' }]) => [name, textOf(Value)])),
    ref,
    attribute,
  };
}

function pseudoParameters({ region, account, stack }: Place): Readonly<Record<string, string>> {
  return {
    'AWS::Region': region,
    'AWS::AccountId': account,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack,
  };
}

function dynamic(text: string, secretOf: SecretOf): string {
  return text.replaceAll(/\{\{resolve:secretsmanager:(arn:[^}]+?):SecretString\}\}/g, (_, arn: string) =>
    secretOf(arn),
  );
}

/** `{"Fn::X": …}` as its name and what it is of. */
function functionIn(json: Json): readonly [string, Json] | undefined {
  const [entry, ...more] = isObject(json) ? Object.entries(json) : [];
  if (!entry || more.length > 0) return undefined;
  return entry[0] === 'Ref' || entry[0] === 'Condition' || entry[0].startsWith('Fn::') ? entry : undefined;
}

const isJson = (value: Value): value is Json => value !== nothing;

export function isObject(value: Value | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A packaged template brought to life without an account: its tables in DynamoDB Local, its secrets made as it
 * says, its functions under AWS's runtime client with exactly the variables it gives them, each held to its
 * role, and its doors. What the interpreter does not know, it refuses; nothing is passed over.
 */
import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { FunctionName } from '../../../infra/deploy/package/packaged-functions.ts';
import type { Template } from '../../infra/deploy/resources/template.ts';
import type { Invoke } from '../http-api.ts';
import { startLambda } from '../lambda-runtime.ts';
import { type Doors, openDoors } from './doors.ts';
import { type FunctionInstance, functionInstance } from './function-instance.ts';
import { type Backing, openServices, type Services } from './guarded-services.ts';
import type { Place } from './identities.ts';
import { type ResolvedTemplate, resolveTemplate } from './resolve.ts';
import { permissionsOf } from './roles.ts';
import { generateSecret } from './secrets.ts';
import { makeTable, type Table } from './tables.ts';

/** A stack that runs. */
export interface Stack extends AsyncDisposable {
  readonly template: ResolvedTemplate;
  readonly doors: Doors;
  /** Invokes a function by its logical name, past the doors. */
  invoke(name: string, event: unknown): Promise<unknown>;
  /** What a function printed. */
  logOf(name: string): readonly unknown[];
  /** `ACTION RESOURCE` for each request that a role refused. */
  readonly denied: () => readonly string[];
  /** DynamoDB and Secrets Manager for an operator of the account, who may do everything. */
  readonly operator: string;
  /** A secret by its logical name. */
  secret(name: string): string;
}

/** What a stack is made of. */
export interface StackParts {
  /** The unpacked zips. */
  readonly folders: Readonly<Record<FunctionName, string>>;
  /** The runtime client's main module. */
  readonly client: string;
  /** DynamoDB Local. */
  readonly dynamodb: string;
}

const place: Place = { region: 'us-east-1', account: '123456789012', stack: 'ljgate' };

const functionProperties = v.looseObject({
  Code: v.looseObject({ S3Key: v.string() }),
  Handler: v.string(),
  Role: v.string(),
  Timeout: v.number(),
  Architectures: v.array(v.picklist(['arm64', 'x86_64'])),
  Environment: v.object({ Variables: v.record(v.string(), v.string()) }),
});

/**
 * Makes a stack. `kept`: secrets that are there already, by ARN, as after an update.
 * @throws {Error} where CloudFormation would fail, too
 */
export async function startStack(
  template: Template,
  parts: StackParts,
  kept: ReadonlyMap<string, string> = new Map(),
): Promise<Stack> {
  const made = new Map(kept);
  const resolved = resolveTemplate(template, place, (arn) => {
    const known = made.get(arn);
    if (known !== undefined) return known;
    // A dynamic reference: the secret is made before what mentions it.
    const found = Object.values(template.Resources).find(
      ({ Type, Properties }) =>
        Type === 'AWS::SecretsManager::Secret' && arn.includes(`:secret:${String(Properties?.['Name'])}-`),
    );
    const properties = found?.Properties ?? {};
    const value = generateSecret({ type: 'AWS::SecretsManager::Secret', properties });
    made.set(arn, value);
    return value;
  });
  const accessKey = `stack${randomBytes(6).toString('hex')}`;
  const tables = new Map<string, Table>();
  const backing: Backing = { place, dynamodb: parts.dynamodb, accessKey, tables, secrets: made };
  const operator = await openServices(backing, () => true);
  const closing: Services[] = [operator];
  const instances: FunctionInstance[] = [];
  const logs = new Map<string, unknown[]>();

  for (const [name, resource] of resolved.resources) {
    if (resource.type === 'AWS::SecretsManager::Secret' && !made.has(resolved.ref(name))) {
      made.set(resolved.ref(name), generateSecret(resource));
    }
    if (resource.type === 'AWS::DynamoDB::Table') {
      const table = await makeTable(operator.endpoint, resource);
      tables.set(table.name, table);
    }
  }

  const invokers = new Map<string, Invoke>();
  for (const [name, resource] of resolved.resources) {
    if (resource.type !== 'AWS::Lambda::Function') continue;
    const { Code, Handler, Role, Timeout, Architectures, Environment } = v.parse(
      functionProperties,
      resource.properties,
    );
    const [role] = [...resolved.resources].flatMap(([logical, one]) =>
      one.type === 'AWS::IAM::Role' && resolved.attribute(logical, 'Arn') === Role ? [one] : [],
    );
    if (!role) throw new Error(`${name}: its role is not there`);
    const [processor] = Architectures;
    if (processor !== (process.arch === 'x64' ? 'x86_64' : process.arch)) {
      throw new Error(`${name} is for ${processor}, this machine has ${process.arch}`);
    }
    const zip = /\/(\w+)\.zip$/.exec(Code.S3Key)?.[1] ?? '';
    const folder = Object.entries(parts.folders).find(([one]) => one === zip)?.[1];
    if (folder === undefined) throw new Error(`${name}: there is no zip ${Code.S3Key}`);
    const services = await openServices(backing, permissionsOf(role));
    closing.push(services);
    const log: unknown[] = [];
    logs.set(name, log);
    const start = () =>
      startLambda({
        client: parts.client,
        folder,
        handler: Handler,
        variables: {
          ...Environment.Variables,
          AWS_ENDPOINT_URL_DYNAMODB: services.endpoint,
          AWS_ENDPOINT_URL_SECRETS_MANAGER: services.endpoint,
        },
        log,
      });
    const instance = functionInstance(start, Timeout);
    instances.push(instance);
    invokers.set(resolved.attribute(name, 'Arn'), instance.invoke);
    invokers.set(name, instance.invoke);
  }

  const invokerOf = (name: string): Invoke | undefined => {
    const invoke = invokers.get(name);
    if (!invoke) return undefined;
    return (event) =>
      invoke(event).catch(() => {
        const headers = { 'content-type': 'application/json' };
        return { statusCode: 500, headers, body: '{"message":"Internal Server Error"}' };
      });
  };
  const doors = await openDoors(resolved, invokerOf);
  return {
    template: resolved,
    doors,
    async invoke(name, event) {
      const invoke = invokers.get(name);
      if (!invoke) throw new Error(`there is no function ${name}`);
      return invoke(event);
    },
    logOf: (name) => logs.get(name) ?? [],
    denied: () => closing.flatMap(({ denied }) => denied),
    operator: operator.endpoint,
    secret: (name) => made.get(resolved.ref(name)) ?? '',
    async [Symbol.asyncDispose]() {
      doors.close();
      for (const instance of instances) await instance.stop();
      for (const services of closing) services.close();
    },
  };
}

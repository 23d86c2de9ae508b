/** DynamoDB and Secrets Manager as one function reaches them: each request is held against its role. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { listenLocally } from '../local-server.ts';
import type { Place } from './identities.ts';
import type { Allows } from './roles.ts';
import type { Table } from './tables.ts';

/** What stands behind the services. */
export interface Backing {
  readonly place: Place;
  /** DynamoDB Local. */
  readonly dynamodb: string;
  /** The access key under which DynamoDB Local keeps the stack's tables apart from others'. */
  readonly accessKey: string;
  readonly tables: ReadonlyMap<string, Table>;
  /** By ARN. */
  readonly secrets: ReadonlyMap<string, string>;
}

/** One server for both services, to which a function's requests go. */
export interface Services {
  readonly endpoint: string;
  /** `ACTION RESOURCE` for each request that was refused. */
  readonly denied: readonly string[];
  close(): void;
}

const dynamodbRequest = v.looseObject({
  TableName: v.optional(v.string()),
  RequestItems: v.optional(v.record(v.string(), v.unknown())),
});

/** Opens them. `allows` is what the role allows; an operator of the account may do everything. */
export async function openServices(backing: Backing, allows: Allows): Promise<Services> {
  const { place, secrets, tables } = backing;
  const denied: string[] = [];
  const tableArn = (name: string) => `arn:aws:dynamodb:${place.region}:${place.account}:table/${name}`;

  const refused = (action: string, resources: readonly string[]) => {
    const forbidden = resources.filter((resource) => !allows(action, resource));
    denied.push(...forbidden.map((resource) => `${action} ${resource}`));
    return forbidden.length > 0;
  };

  async function enter(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const [service = '', command = ''] = String(request.headers['x-amz-target']).split('.');
    const say = (status: number, answer: object) => {
      response
        .writeHead(status, { 'Content-Type': 'application/x-amz-json-1.0' })
        .end(JSON.stringify(answer));
    };
    const no = () => say(400, { __type: 'AccessDeniedException', Message: `not authorized: ${command}` });

    if (service === 'secretsmanager') {
      const { SecretId } = v.parse(v.looseObject({ SecretId: v.string() }), JSON.parse(body));
      if (refused(`secretsmanager:${command}`, [SecretId])) return no();
      const SecretString = secrets.get(SecretId);
      if (SecretString === undefined) return say(400, { __type: 'ResourceNotFoundException' });
      return say(200, { ARN: SecretId, SecretString });
    }

    const { TableName, RequestItems = {} } = v.parse(dynamodbRequest, JSON.parse(body));
    const names = TableName === undefined ? Object.keys(RequestItems) : [TableName];
    // A request that names no table in a place that is known here is none that a role allows.
    if (names.length === 0 || refused(`dynamodb:${command}`, names.map(tableArn))) return no();
    if (command === 'DescribeContinuousBackups') {
      const status = tables.get(TableName ?? '')?.recoverable ? 'ENABLED' : 'DISABLED';
      return say(200, {
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: 'ENABLED',
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: status },
        },
      });
    }
    const authorization = String(request.headers.authorization).replace(
      /Credential=[^/]+/,
      `Credential=${backing.accessKey}`,
    );
    const headers = {
      authorization,
      ...Object.fromEntries(
        ['content-type', 'x-amz-date', 'x-amz-target'].map((name) => [name, String(request.headers[name])]),
      ),
    };
    const reply = await fetch(backing.dynamodb, { method: 'POST', headers, body });
    response.writeHead(reply.status, { 'Content-Type': 'application/x-amz-json-1.0' });
    response.end(await reply.text());
  }

  const { url, close } = await listenLocally(enter);
  return { endpoint: url.origin, denied, close };
}

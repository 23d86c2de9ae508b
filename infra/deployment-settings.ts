/** Settings without a flag, part of the table in settings.ts: a deployment or a script sets their variables. */
import { parseManagedSecret } from './secrets/secret-uri.ts';
import { verbatim } from './settings-parsers.ts';
import type { Setting } from './settings-schema.ts';

/** A deployment sets it: to nothing where there is no CloudFront in front of the functions. */
export const originProof = {
  variable: 'LJGATE_ORIGIN_PROOF',
  parse: parseManagedSecret,
  help: 'secretsmanager:ARN of what CloudFront sends to prove that a request came through it',
  readBy: { function: 'optional', authorizer: 'optional' },
} as const satisfies Setting;

export const stage = {
  variable: 'LJGATE_STAGE',
  parse: verbatim,
  default: 'local',
  help: 'stage of the deployment, for logs and metrics',
  readBy: { telemetry: 'default' },
} as const satisfies Setting;

/** `npm run package` writes it, with the commit: infra/deploy/package/code-version.ts. */
export const version = {
  variable: 'LJGATE_VERSION',
  parse: verbatim,
  default: 'local',
  help: 'version and commit of the code, for logs',
  readBy: { telemetry: 'default' },
} as const satisfies Setting;

export const workerHome = {
  variable: 'LJGATE_WORKER_HOME',
  parse: verbatim,
  help: 'folder in which npm run worker has its database and secret',
  readBy: { workerDev: 'optional' },
} as const satisfies Setting;

/** AWS's own names: what a Worker needs for DynamoDB. */
export const awsRegion = {
  variable: 'AWS_REGION',
  parse: verbatim,
  help: 'region of the DynamoDB tables of a Worker',
  readBy: { workerDynamodb: 'required' },
} as const satisfies Setting;
export const awsAccessKeyId = {
  variable: 'AWS_ACCESS_KEY_ID',
  parse: verbatim,
  help: 'credentials of a Worker for DynamoDB',
  readBy: { workerDynamodb: 'required' },
} as const satisfies Setting;
export const awsSecretAccessKey = {
  variable: 'AWS_SECRET_ACCESS_KEY',
  parse: verbatim,
  help: 'credentials of a Worker for DynamoDB',
  readBy: { workerDynamodb: 'required' },
} as const satisfies Setting;

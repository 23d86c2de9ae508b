/** A stack as it is deployed: its template, and the addresses in its outputs. */
import {
  type CloudFormationClient,
  CloudFormationServiceException,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import type { FrontDoor } from './check-deployment.ts';
import { type DeployedTemplate, readTemplate } from './planned-changes.ts';

/**
 * The template of a stack; `undefined` where there is no such stack.
 * @throws {Error} the SDK's, for lack of credentials or permission
 */
export async function deployedTemplate(
  client: CloudFormationClient,
  stack: string,
  region: string,
): Promise<DeployedTemplate | undefined> {
  try {
    const { TemplateBody = '{}' } = await client.send(new GetTemplateCommand({ StackName: stack }));
    return readTemplate(TemplateBody, region);
  } catch (error) {
    const absent = error instanceof CloudFormationServiceException && error.name === 'ValidationError';
    if (absent && error.message.includes('does not exist')) return undefined;
    throw error;
  }
}

/** @throws {Error} where an output is missing */
export async function frontDoor(client: CloudFormationClient, stack: string): Promise<FrontDoor> {
  const { Stacks: [found] = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
  const output = (name: string): string => {
    const value = found?.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
    if (value === undefined) throw new Error(`the stack ${stack} has no output ${name}`);
    return value;
  };
  return { flat: output('FlatUrl'), xmlrpc: output('XmlrpcUrl'), web: output('WebUrl') };
}

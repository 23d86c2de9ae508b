/** A stack as CloudFormation describes it, in its query protocol. */
import { text } from 'node:stream/consumers';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { expect, test } from 'vitest';
import { deployedTemplate, frontDoor } from '../../../../infra/deploy/stack/deployed-stack.ts';
import { answering } from '../../stores/faulty-endpoints.ts';

/** CloudFormation, with one answer for each action. */
async function cloudFormation(answers: Readonly<Record<string, string>>, status = 200) {
  const endpoint = await answering(async (request, response) => {
    const action = new URLSearchParams(await text(request)).get('Action') ?? '';
    response.writeHead(status, { 'Content-Type': 'text/xml' }).end(answers[action] ?? '');
  });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new CloudFormationClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
}

const described = (outputs: Readonly<Record<string, string>>) => {
  const members = Object.entries(outputs).map(
    ([name, value]) => `<member><OutputKey>${name}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  const stack = `<member><StackName>ljgate-dev</StackName><Outputs>${members.join('')}</Outputs></member>`;
  return `<DescribeStacksResponse><DescribeStacksResult><Stacks>${stack}</Stacks></DescribeStacksResult></DescribeStacksResponse>`;
};

const refusal = (message: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`;

test('the front door is in the stack’s outputs', async () => {
  const outputs = { FlatUrl: 'https://a/flat', XmlrpcUrl: 'https://a/xmlrpc', WebUrl: 'https://a/' };
  const client = await cloudFormation({ DescribeStacks: described(outputs) });
  expect(await frontDoor(client, 'ljgate-dev')).toEqual({
    flat: 'https://a/flat',
    xmlrpc: 'https://a/xmlrpc',
    web: 'https://a/',
  });
});

test('an output that is missing is named', async () => {
  const client = await cloudFormation({ DescribeStacks: described({ FlatUrl: 'https://a/flat' }) });
  await expect(frontDoor(client, 'ljgate-dev')).rejects.toThrow(
    'the stack ljgate-dev has no output XmlrpcUrl',
  );
});

test('the template that is deployed is read', async () => {
  const template = '{"Resources":{"Users":{"Type":"AWS::DynamoDB::Table"}}}';
  const body = `<GetTemplateResponse><GetTemplateResult><TemplateBody>${template}</TemplateBody></GetTemplateResult></GetTemplateResponse>`;
  const client = await cloudFormation({ GetTemplate: body });
  expect(await deployedTemplate(client, 'ljgate-dev', 'us-east-1')).toEqual({
    Users: { Type: 'AWS::DynamoDB::Table', Properties: {} },
  });
});

test('no stack is no template, and another refusal is an error', async () => {
  const absent = await cloudFormation(
    { GetTemplate: refusal('Stack with id ljgate-dev does not exist') },
    400,
  );
  expect(await deployedTemplate(absent, 'ljgate-dev', 'us-east-1')).toBeUndefined();
  const refused = await cloudFormation({ GetTemplate: refusal('Template format is wrong') }, 400);
  await expect(deployedTemplate(refused, 'ljgate-dev', 'us-east-1')).rejects.toThrow(
    'Template format is wrong',
  );
});

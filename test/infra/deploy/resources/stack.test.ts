/** The packaged template, run: the protocol, the pages, the interface and administration through its doors. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPorts } from '../../../../infra/compose.ts';
import { nodePlatform } from '../../../../infra/node-platform.ts';
import { parseKeyring } from '../../../../infra/secrets/keyring.ts';
import { seedDemo } from '../../../../infra/site/demo-accounts.ts';
import { openDynamodb } from '../../../../infra/stores/dynamodb/dynamodb-store.ts';
import { conversations, endsLinesWithCrlf, replay } from '../../../clients/replay.ts';
import { describeTable } from '../../../conformance/describe-table.ts';
import { wireTable } from '../../../conformance/wire-table.ts';
import { socketTransport } from '../../../hostile/transports.ts';
import { canRunLambda, runtimeClient, unpackFunctions } from '../../../support/packaged.ts';
import { requireProgram } from '../../../support/requirements.ts';
import { type Stack, startStack } from '../../../support/stack/stack.ts';
import { dynamodbLocal } from '../../../support/stores.ts';
import { type PackagedCopy, packageCopy } from './template.ts';

describe.skipIf(!(canRunLambda() && requireProgram('java')))('the template, run', () => {
  let copy: PackagedCopy;
  let folders: Awaited<ReturnType<typeof unpackFunctions>>;
  let stack: Stack;
  beforeAll(async () => {
    copy = await packageCopy();
    folders = await unpackFunctions();
    const template = await copy.synthesize(
      `--param=architecture=${process.arch}`,
      '--param=loginBan=off',
      '--param=sessionRate=off',
    );
    stack = await startStack(template, {
      folders,
      client: await runtimeClient(),
      dynamodb: (await dynamodbLocal()) ?? '',
    });
    const store = openDynamodb({ prefix: 'ljgate-dev', endpoint: stack.operator });
    await seedDemo(
      store,
      createPorts(nodePlatform, store, parseKeyring(stack.secret('RootSecret')), { remember: 5 }),
    );
    await store.close();
  }, 600_000);
  afterAll(async () => {
    await stack?.[Symbol.asyncDispose]();
    await folders?.[Symbol.asyncDispose]();
    await copy?.[Symbol.asyncDispose]();
  });

  describeTable('its API gives the same answers as every runtime', wireTable, async () =>
    socketTransport(stack.doors.api.url),
  );
  for (const conversation of conversations.filter(endsLinesWithCrlf)) {
    test(`serves ${conversation.client} with ${conversation.password} password`, async () => {
      await replay(stack.doors.api.url, conversation, true);
    });
  }
  test('no request was refused', () => {
    expect(stack.denied()).toEqual([]);
  });
});

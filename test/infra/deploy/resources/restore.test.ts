/**
 * The runbook of a restore, rehearsed: tables come back under other names, the functions are pointed at them, and
 * everybody's log-in and session hold. @see infra/guides/aws-runbook.md, "Restore the tables"
 */
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { describe, expect, onTestFinished, test } from 'vitest';
import { seedDemo } from '../../../../infra/site/demo-accounts.ts';
import { canRunStacks, openSite, openStacks, through } from './stacks.ts';

const names = ['users', 'sessions'] as const;

describe.skipIf(!canRunStacks())('after a restore', () => {
  test('under other names, log-ins and sessions hold', async () => {
    const stacks = await openStacks();
    onTestFinished(() => stacks[Symbol.asyncDispose]());
    const before = await stacks.start(await stacks.synthesize());
    const site = openSite(before, 'ljgate-dev');
    await seedDemo(site.store, site.ports);
    await site.store.close();
    const ask = async (stack: typeof before, body: string, cookie?: string) => {
      const headers = cookie ? { 'X-LJ-Auth': 'cookie', Cookie: `ljsession=${cookie}` } : {};
      const sent = { method: 'POST', headers, body };
      const reply = await through(stack.doors.api)('https://lj.example/interface/flat', sent, '127.0.0.1');
      return reply.text();
    };
    const made = await ask(before, 'mode=sessiongenerate&user=test&password=test');
    const [, session] = /ljsession\n(.+)\n/.exec(made) ?? [];
    const secret = new Map([[before.template.ref('RootSecret'), before.secret('RootSecret')]]);

    // What `restore-table-to-point-in-time` does: the items, under another name.
    const template = await stacks.synthesize('--param=tables=ljgate-dev-restored');
    const after = await stacks.start(template, secret);
    const open = (endpoint: string) =>
      new DynamoDB({
        endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      });
    const [from, to] = [open(before.operator), open(after.operator)];
    for (const name of names) {
      const { Table } = await from.describeTable({ TableName: `ljgate-dev-${name}` });
      const TableName = `ljgate-dev-restored-${name}`;
      const { KeySchema, AttributeDefinitions } = Table ?? {};
      await to.createTable({ TableName, KeySchema, AttributeDefinitions, BillingMode: 'PAY_PER_REQUEST' });
      const { Items = [] } = await from.scan({ TableName: `ljgate-dev-${name}` });
      for (const Item of Items) await to.putItem({ TableName, Item });
    }
    await before[Symbol.asyncDispose]();
    onTestFinished(() => after[Symbol.asyncDispose]());

    expect(await ask(after, 'mode=login&user=test&password=test')).toContain('success\nOK');
    expect(await ask(after, 'mode=login&user=test&auth_method=cookie', session)).toContain('success\nOK');
    expect(await ask(after, 'mode=login&user=test&password=wrong')).toContain('Invalid password');
    expect(after.denied()).toEqual([]);
  }, 600_000);
});

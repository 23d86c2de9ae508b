import { describe, test } from 'vitest';
import { openDynamodb } from '../../../../infra/stores/dynamodb/dynamodb-store.ts';
import { dynamodbLocal, startDynalite, uniquePrefix } from '../../../support/stores.ts';
import { describeStore } from '../conformance.ts';
import { describeLimits } from '../limits-conformance.ts';

/** The races of the suite queue for an emulator on a small machine. */
const deadline = 60_000;

function describeDynamodb(
  name: string,
  where: { readonly prefix: string; readonly endpoint?: string },
): void {
  describeStore(name, async () => openDynamodb({ ...where, deadline }), { sweeps: false });
  const limits = { ...where, prefix: `${where.prefix}-limits`, deadline };
  describeLimits(name, async () => openDynamodb(limits));
}

describeDynamodb('DynamoDB, as dynalite has it', {
  prefix: uniquePrefix(),
  endpoint: await startDynalite(),
});

const local = await dynamodbLocal();
if (local !== undefined) {
  describeDynamodb('DynamoDB Local', { prefix: uniquePrefix(), endpoint: local });
} else {
  describe('DynamoDB Local', () => test.skip('needs java', () => {}));
}

const prefix = process.env['LJGATE_TEST_AWS'];
if (prefix) {
  describeDynamodb('DynamoDB in the cloud', { prefix });
} else {
  describe('DynamoDB in the cloud', () => test.skip('needs LJGATE_TEST_AWS=PREFIX', () => {}));
}

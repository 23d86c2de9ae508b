/** The tables of a stack, made in DynamoDB Local as the template describes them. */
import {
  type CreateTableCommandInput,
  DynamoDB,
  type UpdateTimeToLiveCommandInput,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { ResolvedResource } from './resolve.ts';

const tableProperties = v.looseObject({
  TableName: v.string(),
  BillingMode: v.literal('PAY_PER_REQUEST'),
  AttributeDefinitions: v.array(
    v.strictObject({ AttributeName: v.string(), AttributeType: v.picklist(['S', 'N', 'B']) }),
  ),
  KeySchema: v.array(v.strictObject({ AttributeName: v.string(), KeyType: v.picklist(['HASH', 'RANGE']) })),
  TimeToLiveSpecification: v.optional(v.strictObject({ AttributeName: v.string(), Enabled: v.boolean() })),
  PointInTimeRecoverySpecification: v.strictObject({ PointInTimeRecoveryEnabled: v.boolean() }),
});

/** A table as it was made. */
export interface Table {
  readonly name: string;
  /** Whether it can be restored to a moment; DynamoDB Local cannot say. */
  readonly recoverable: boolean;
}

/** @throws {Error} DynamoDB's, for what it refuses */
export async function makeTable(endpoint: string, { properties }: ResolvedResource): Promise<Table> {
  const described = v.parse(tableProperties, properties);
  const { TableName, TimeToLiveSpecification, PointInTimeRecoverySpecification, ...rest } = described;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDB({ endpoint, region: 'us-east-1', credentials });
  const { BillingMode, AttributeDefinitions, KeySchema } = rest;
  const table: CreateTableCommandInput = { TableName, BillingMode, AttributeDefinitions, KeySchema };
  await client.createTable(table);
  if (TimeToLiveSpecification) {
    const sweeping: UpdateTimeToLiveCommandInput = { TableName, TimeToLiveSpecification };
    await client.updateTimeToLive(sweeping);
  }
  client.destroy();
  return { name: TableName, recoverable: PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled };
}

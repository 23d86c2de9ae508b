/** What a deployment would change, and what of it loses something. */
import { expect, test } from 'vitest';
import {
  describeChanges,
  losesSomething,
  plannedChanges,
  readTemplate,
} from '../../../../infra/deploy/stack/planned-changes.ts';

const table = (name: string, mode = 'PAY_PER_REQUEST') => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: { TableName: name, BillingMode: mode },
});
const template = (Resources: object) => readTemplate(JSON.stringify({ Resources }));

test('a property that CloudFormation changes in place is a change, and asks nobody', async () => {
  const changes = await plannedChanges(
    template({ Users: table('users') }),
    template({ Users: table('users', 'PROVISIONED') }),
  );
  expect(changes).toMatchObject([{ name: 'Users', what: 'changed', properties: ['BillingMode'] }]);
  expect(changes.some(losesSomething)).toBe(false);
});

test('another name of a table makes a new table: something is lost', async () => {
  const changes = await plannedChanges(
    template({ Users: table('users') }),
    template({ Users: table('people') }),
  );
  expect(describeChanges(changes)).toEqual(['replaced Users, AWS::DynamoDB::Table (TableName)']);
  expect(changes.every(losesSomething)).toBe(true);
});

test('an edge that is no longer asked for is removed: something is lost', async () => {
  const edge = { Type: 'AWS::CloudFront::Distribution' };
  const changes = await plannedChanges(
    template({ Edge: edge, Users: table('users') }),
    template({ Users: table('users') }),
  );
  expect(describeChanges(changes)).toEqual(['removed  Edge, AWS::CloudFront::Distribution']);
  expect(changes.every(losesSomething)).toBe(true);
});

test('what is new loses nothing, and what is the same is not named', async () => {
  const changes = await plannedChanges(
    template({ Users: table('users') }),
    template({ Users: table('users'), Sessions: table('sessions') }),
  );
  expect(describeChanges(changes)).toEqual(['added    Sessions, AWS::DynamoDB::Table']);
  expect(changes.some(losesSomething)).toBe(false);
});

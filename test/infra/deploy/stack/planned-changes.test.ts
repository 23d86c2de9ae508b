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
const template = (Resources: object, Conditions: object = {}) =>
  readTemplate(JSON.stringify({ Resources, Conditions }), 'eu-central-1');

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

test('what a setting switches off is removed, though the template still has it', async () => {
  const edge = { Edge: { Type: 'AWS::CloudFront::Distribution', Condition: 'WithEdge' } };
  const withEdge = (value: string) => ({ WithEdge: { 'Fn::Equals': [value, 'on'] } });
  const changes = await plannedChanges(template(edge, withEdge('on')), template(edge, withEdge('off')));
  expect(describeChanges(changes)).toEqual(['removed  Edge, AWS::CloudFront::Distribution']);
});

test('a property under a condition is what the condition makes of it, in the region that is deployed to', async () => {
  const resources = (value: string) => ({
    Users: {
      Type: 'AWS::DynamoDB::Table',
      Properties: { TableName: { 'Fn::If': ['Here', value, 'elsewhere'] } },
    },
  });
  const at = (region: string) => ({
    Home: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, region] },
    Here: { 'Fn::And': [{ Condition: 'Home' }, { 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] }] },
  });
  expect(
    await plannedChanges(
      template(resources('a'), at('us-east-1')),
      template(resources('b'), at('us-east-1')),
    ),
  ).toEqual([]);
  expect(
    await plannedChanges(
      template(resources('a'), at('eu-central-1')),
      template(resources('b'), at('eu-central-1')),
    ),
  ).toMatchObject([{ name: 'Users', what: 'replaced', properties: ['TableName'] }]);
});

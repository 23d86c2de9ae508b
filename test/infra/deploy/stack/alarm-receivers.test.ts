/** What a deployment prints about who gets its alarms. */
import { text } from 'node:stream/consumers';
import { SNSClient } from '@aws-sdk/client-sns';
import { expect, test } from 'vitest';
import { missingReceivers } from '../../../../infra/deploy/stack/alarm-receivers.ts';
import { answering } from '../../stores/faulty-endpoints.ts';

const arn = 'arn:aws:sns:us-east-1:123456789012:ljgate-prod-alarms';
const member = (topic: string) => `<member><TopicArn>${topic}</TopicArn></member>`;
const entry = (name: string, value: number) => `<entry><key>${name}</key><value>${value}</value></entry>`;

/** SNS as it answers in its query protocol, with the topics on two pages. */
async function noticeWith(confirmed: number, pending: number, stage = 'prod') {
  const endpoint = await answering(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    const action = form.get('Action');
    const page =
      form.get('NextToken') === null
        ? `<Topics>${member('arn:aws:sns:us-east-1:123456789012:other')}</Topics><NextToken>2</NextToken>`
        : `<Topics>${member(arn)}</Topics>`;
    const attributes = `${entry('SubscriptionsConfirmed', confirmed)}${entry('SubscriptionsPending', pending)}`;
    const result = action === 'ListTopics' ? page : `<Attributes>${attributes}</Attributes>`;
    response
      .writeHead(200, { 'content-type': 'text/xml' })
      .end(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
  });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return missingReceivers(new SNSClient({ endpoint, region: 'us-east-1', credentials }), stage);
}

test.each([
  ['confirmed', 1, 1, undefined],
  ['not confirmed yet', 0, 1, /^Nobody gets the alarms yet: confirm the subscription/],
  [
    'not there',
    0,
    0,
    new RegExp(`^Nobody gets the alarms: deploy with --param alarmEmail=ADDRESS.* ${arn}\\.$`),
  ],
])('a subscription that is %s', async (_, confirmed, pending, notice) => {
  const printed = await noticeWith(confirmed, pending);
  if (notice === undefined) expect(printed).toBeUndefined();
  else expect(printed).toMatch(notice);
});

test('a stage without a topic is named', async () => {
  expect(await noticeWith(1, 0, 'dev')).toBe('There is no topic for the alarms of dev.');
});

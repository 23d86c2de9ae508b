/** Whether somebody gets the alarms: no metric of CloudWatch has it, and an alarm about it would reach nobody. */
import { GetTopicAttributesCommand, paginateListTopics, type SNSClient } from '@aws-sdk/client-sns';

/**
 * What to print after a deployment of a stage: who has to do what, so that somebody gets its alarms. `undefined` where
 * a subscription is confirmed.
 * @throws {Error} the SDK's, for lack of permission for instance
 */
export async function missingReceivers(client: SNSClient, stage: string): Promise<string | undefined> {
  const topic = await topicOf(client, `ljgate-${stage}-alarms`);
  if (topic === undefined) return `There is no topic for the alarms of ${stage}.`;
  const { Attributes = {} } = await client.send(new GetTopicAttributesCommand({ TopicArn: topic }));
  if (Number(Attributes['SubscriptionsConfirmed']) > 0) return undefined;
  if (Number(Attributes['SubscriptionsPending']) > 0) {
    return 'Nobody gets the alarms yet: confirm the subscription, with the link in the e-mail from AWS.';
  }
  return `Nobody gets the alarms: deploy with --param alarmEmail=ADDRESS, or subscribe to ${topic}.`;
}

async function topicOf(client: SNSClient, name: string): Promise<string | undefined> {
  for await (const { Topics = [] } of paginateListTopics({ client }, {})) {
    const found = Topics.find(({ TopicArn }) => TopicArn?.endsWith(`:${name}`));
    if (found) return found.TopicArn;
  }
  return undefined;
}

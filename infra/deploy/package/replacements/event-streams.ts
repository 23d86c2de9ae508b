/** Replaces the AWS SDK's event streams, which neither DynamoDB nor Secrets Manager uses. */
function missing(): never {
  throw new Error('event streams are not in this bundle');
}

export const EventStreamSerde = missing;
export const eventStreamSerdeProvider = missing;

/** Replaces the AWS SDK's cache for endpoint discovery, which is off: this one is always empty. */
export class EndpointCache {
  getEndpoint(): undefined {}
  get(): undefined {}
  set(): void {}
  delete(): void {}
}

/** Stands in for what the AWS SDK would keep of endpoint discovery, which is off: nothing. */
export class EndpointCache {
  getEndpoint(): undefined {}
  get(): undefined {}
  set(): void {}
  delete(): void {}
}

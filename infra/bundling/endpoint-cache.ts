/**
 * Stands in for `@aws-sdk/endpoint-cache` in the bundles of the Lambdas. DynamoDB's client makes one at once, but asks
 * it only when endpoint discovery is turned on, which it is not; the original brings a whole library of caches along.
 */
export class EndpointCache {
  get(): undefined {
    return undefined;
  }
  getEndpoint(): undefined {
    return undefined;
  }
  set(): void {}
  delete(): void {}
  has(): false {
    return false;
  }
  clear(): void {}
}

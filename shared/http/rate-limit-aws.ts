import { lambdaAwsContext } from '../kernel/aws-context.ts';
import { type AwsContext, awsRequest } from '../kernel/aws-request.ts';
import { type Bucket, type BucketStore, type Limiter, RateLimitEnv, rateLimiter } from './rate-limit.ts';

/** A bucket that has been full for so long is forgotten; TTL is hours late. */
const FORGOTTEN_AFTER_SECONDS = 3600;

/**
 * Buckets in DynamoDB, each taken from by one conditional `UpdateItem`. Signed by hand: this goes into every function of
 * the API, some of which need no client of DynamoDB.
 */
export const dynamoBucketStore = (TableName: string, context: AwsContext = lambdaAwsContext()): BucketStore => {
  const update = async ({ bucketKey, nowMs }: Bucket, write: object, values: Readonly<Record<string, number>>) => {
    const numbers = { ...values, ':expires': Math.ceil(nowMs / 1000) + FORGOTTEN_AFTER_SECONDS };
    const body = {
      TableName,
      Key: { bucketKey: { S: bucketKey } },
      ...write,
      ExpressionAttributeValues: Object.fromEntries(
        Object.entries(numbers).map(([name, N]) => [name, { N: String(N) }]),
      ),
      ReturnValues: 'UPDATED_NEW',
    };
    try {
      const response = await awsRequest(context, {
        service: 'dynamodb',
        method: 'POST',
        url: `${context.endpointUrl ?? `https://dynamodb.${context.region}.amazonaws.com`}/`,
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.UpdateItem' },
        body: Buffer.from(JSON.stringify(body)),
      });
      const { Attributes } = (await response.json()) as { readonly Attributes?: { readonly fullAt?: { N?: string } } };
      return Number(Attributes?.fullAt?.N);
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined;
      throw error;
    }
  };
  return {
    fromFull: (bucket) =>
      update(
        bucket,
        {
          UpdateExpression: 'SET fullAt = :full, expiresAt = :expires',
          ConditionExpression: 'attribute_not_exists(fullAt) OR fullAt <= :now',
        },
        { ':full': bucket.nowMs + bucket.costMs, ':now': bucket.nowMs },
      ),
    fromFilling: (bucket) =>
      update(
        bucket,
        {
          UpdateExpression: 'SET fullAt = fullAt + :cost, expiresAt = :expires',
          ConditionExpression: 'fullAt > :now AND fullAt <= :limit',
        },
        { ':cost': bucket.costMs, ':now': bucket.nowMs, ':limit': bucket.nowMs + bucket.debtMs },
      ),
  };
};

/** The limiter of this process, by its environment; undefined where none of its operations are limited. */
export const environmentLimiter = (
  env: Readonly<Record<string, string | undefined>> = process.env,
): Limiter | undefined => {
  if (env.RATE_LIMITS_TABLE === undefined) return undefined;
  const { RATE_LIMITS_TABLE, RATE_LIMITS } = RateLimitEnv.parse(env);
  return rateLimiter(dynamoBucketStore(RATE_LIMITS_TABLE), RATE_LIMITS, Date.now);
};

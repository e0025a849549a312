import { createHash, randomBytes } from 'node:crypto';
import { AwsError, type KeyValueStore } from '../../core/service.ts';

/** The errors that the Bedrock family of services has in common. */
export const validation = (message: string): AwsError => new AwsError('ValidationException', message, 400);
export const notFound = (message: string): AwsError => new AwsError('ResourceNotFoundException', message, 404);
export const conflict = (message: string): AwsError => new AwsError('ConflictException', message, 409);
export const quotaExceeded = (message: string): AwsError => new AwsError('ServiceQuotaExceededException', message, 402);

const ALPHANUMERICS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A fresh id of upper-case letters and digits, as Bedrock gives (`[0-9a-zA-Z]{10}`). */
export const randomId = (length = 10): string =>
  [...randomBytes(length)].map((byte) => ALPHANUMERICS[byte % ALPHANUMERICS.length]).join('');

/** Throws `ValidationException` naming the member. */
export const required = <Value>(value: Value | undefined | null, member: string): Value => {
  if (value === undefined || value === null || value === '') {
    throw validation(
      `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return value;
};

/** Throws `ValidationException` in the words the services use. */
export const matching = (value: string, pattern: RegExp, member: string): string => {
  if (!pattern.test(value)) {
    throw validation(
      `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern.source}`,
    );
  }
  return value;
};

/** One page of a list; the token is the offset, opaque to callers. Throws `ValidationException` for a foreign token. */
export const page = <Item>(
  items: readonly Item[],
  { maxResults = 100, nextToken }: { maxResults?: number | undefined; nextToken?: string | undefined },
): { items: Item[]; nextToken: string | undefined } => {
  const start = nextToken === undefined ? 0 : Number(Buffer.from(nextToken, 'base64url').toString());
  if (!Number.isInteger(start) || start < 0) throw validation('The nextToken is not valid.');
  const end = start + maxResults;
  return {
    items: items.slice(start, end),
    nextToken: end < items.length ? Buffer.from(String(end)).toString('base64url') : undefined,
  };
};

/**
 * Runs `make` once per client token: the same token with the same request gives the first result's id again,
 * with another request it throws `ConflictException`.
 */
export const onceByToken = async (
  records: KeyValueStore,
  request: { operation: string; clientToken?: string | undefined; input: object },
  make: () => Promise<string> | string,
): Promise<string> => {
  if (request.clientToken === undefined) return make();
  const key = `token/${request.operation}/${request.clientToken}`;
  const digest = createHash('sha256').update(JSON.stringify(request.input)).digest('hex');
  const known = records.get<{ digest: string; id: string }>(key);
  if (known !== undefined) {
    if (known.digest !== digest) throw conflict('The client token was used before with a different request.');
    return known.id;
  }
  const id = await make();
  records.put(key, { digest, id });
  return id;
};

/** Forgets the tokens that made a resource, so that its name can be used anew once it is gone. */
export const forgetTokens = (records: KeyValueStore, id: string): void => {
  for (const { key, value } of records.list<{ id: string }>('token/')) if (value.id === id) records.delete(key);
};

export type Tags = Readonly<Record<string, string>>;

/** Tags of one service's resources, by ARN. */
export interface TagStore {
  readonly of: (arn: string) => Record<string, string>;
  readonly add: (arn: string, tags: Tags | undefined) => void;
  readonly remove: (arn: string, keys: readonly string[]) => void;
  readonly clear: (arn: string) => void;
}

/** Throws `ValidationException` beyond 50 tags, AWS's limit for a resource. */
export const tagStore = (records: KeyValueStore): TagStore => {
  const of = (arn: string) => records.get<Record<string, string>>(`tags/${arn}`) ?? {};
  return {
    of,
    add: (arn, tags = {}) => {
      const merged = { ...of(arn), ...tags };
      if (Object.keys(merged).length > 50) throw validation('A resource can have at most 50 tags.');
      if (Object.keys(merged).length > 0) records.put(`tags/${arn}`, merged);
    },
    remove: (arn, keys) =>
      records.put(`tags/${arn}`, Object.fromEntries(Object.entries(of(arn)).filter(([key]) => !keys.includes(key)))),
    clear: (arn) => records.delete(`tags/${arn}`),
  };
};

interface TagInput {
  readonly resourceArn?: string | undefined;
  readonly tags?: Tags | undefined;
  readonly tagKeys?: readonly string[] | undefined;
}

/** The three operations on tags; `exists` says which ARNs are the service's. Throws `ResourceNotFoundException`. */
export const tagOperations = (tags: TagStore, exists: (arn: string) => boolean) => {
  const requireArn = (arn: string | undefined): string => {
    if (arn === undefined || !exists(arn)) throw notFound(`Resource ${arn} was not found.`);
    return arn;
  };
  return {
    TagResource: (input: TagInput) => {
      tags.add(requireArn(input.resourceArn), input.tags);
      return {};
    },
    UntagResource: (input: TagInput) => {
      tags.remove(requireArn(input.resourceArn), required(input.tagKeys, 'tagKeys'));
      return {};
    },
    ListTagsForResource: (input: TagInput) => ({ tags: tags.of(requireArn(input.resourceArn)) }),
  };
};

/** Condition keys for tags given with a request and tags the resource has. */
export const tagConditions = (request: Tags | undefined, resource: Tags = {}): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(request ?? {}).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  ...Object.fromEntries(Object.entries(resource).map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
});

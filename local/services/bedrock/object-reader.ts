import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { AwsError, type CloudContext, type RoleCredentials } from '../../core/service.ts';

export interface ListedObject {
  readonly key: string;
  readonly etag: string;
  readonly sizeBytes: number;
}

/** Reads objects of S3 with somebody's permissions. */
export interface ObjectReader {
  /** All objects under a prefix, in key order. */
  readonly list: (bucket: string, prefix: string) => Promise<ListedObject[]>;
  /** Throws what S3 answers, as `AwsError`. */
  readonly read: (bucket: string, key: string) => Promise<Buffer>;
  readonly close: () => void;
}

/** Reads through the gateway, so that the permissions of these credentials are enforced like anybody's. */
export const objectReader = (
  context: Pick<CloudContext, 'endpointUrl' | 'region'>,
  credentials: RoleCredentials,
): ObjectReader => {
  const s3 = new S3Client({
    endpoint: context.endpointUrl(),
    region: context.region,
    credentials,
    forcePathStyle: true,
  });
  return {
    list: (bucket, prefix) => asAwsError(() => listAll(s3, bucket, prefix)),
    read: (bucket, key) =>
      asAwsError(async () => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      }),
    close: () => s3.destroy(),
  };
};

const listAll = async (s3: S3Client, bucket: string, prefix: string): Promise<ListedObject[]> => {
  const objects: ListedObject[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix })) {
    for (const { Key = '', ETag = '', Size = 0 } of Contents) objects.push({ key: Key, etag: ETag, sizeBytes: Size });
  }
  return objects;
};

const asAwsError = async <Result>(run: () => Promise<Result>): Promise<Result> => {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
    throw new AwsError(error.name, error.message, $metadata?.httpStatusCode ?? 500);
  }
};

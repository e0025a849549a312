import { AwsError, type CloudContext, type KeyValueStore } from '../../core/service.ts';
import { conflict, validation } from '../bedrock/common.ts';
import type { Metadata } from './metadata-filter.ts';

export interface VectorBucket {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
}

export type DistanceMetric = 'cosine' | 'euclidean';

export interface VectorIndex {
  readonly bucketName: string;
  readonly name: string;
  readonly arn: string;
  readonly dimension: number;
  readonly distanceMetric: DistanceMetric;
  readonly nonFilterableMetadataKeys: readonly string[];
  readonly createdAt: number;
}

export interface Vector {
  readonly key: string;
  readonly data: Float32Array;
  readonly metadata: Metadata;
}

interface StoredVector {
  /** Little-endian 32-bit floats in base64. */
  readonly data: string;
  readonly metadata: Metadata;
}

export interface VectorStore {
  readonly createBucket: (name: string) => VectorBucket;
  readonly bucket: (nameOrArn: string) => VectorBucket;
  readonly buckets: () => VectorBucket[];
  readonly deleteBucket: (nameOrArn: string) => void;
  readonly createIndex: (draft: Omit<VectorIndex, 'arn' | 'createdAt'>) => VectorIndex;
  readonly index: (arn: string) => VectorIndex;
  readonly indexArn: (bucketName: string, indexName: string) => string;
  readonly indexes: (bucketName?: string) => VectorIndex[];
  readonly deleteIndex: (arn: string) => void;
  readonly put: (indexArn: string, vectors: readonly Vector[]) => void;
  readonly delete: (indexArn: string, keys: readonly string[]) => void;
  /** In key order. The list is replaced, never changed, by a write: its identity can key a cache. */
  readonly vectors: (indexArn: string) => readonly Vector[];
}

/** S3 Vectors user guide, "Limitations and restrictions", 2026-11. */
const FILTERABLE_METADATA_BYTES = 2048;
const TOTAL_METADATA_BYTES = 40 * 1024;
const MAX_DIMENSION = 4096;
const MAX_NON_FILTERABLE_KEYS = 10;
const NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

const stores = new WeakMap<object, VectorStore>();

/** The one vector store of a cloud: S3 Vectors and the knowledge bases that keep their passages in it share it. */
export const vectorStoreOf = (context: CloudContext): VectorStore => {
  const known = stores.get(context);
  if (known !== undefined) return known;
  const store = makeVectorStore(context);
  stores.set(context, store);
  return store;
};

const makeVectorStore = (context: CloudContext): VectorStore => {
  const records = context.store('s3vectors');
  const cache = new Map<string, readonly Vector[]>();
  const arnOf = (bucket: string) => `arn:aws:s3vectors:${context.region}:${context.accountId}:bucket/${bucket}`;
  const indexArn = (bucketName: string, indexName: string) => `${arnOf(bucketName)}/index/${indexName}`;
  const bucket = (nameOrArn: string) => {
    const found = records.get<VectorBucket>(`bucket/${nameOrArn.split('/').at(-1)}`);
    if (found === undefined) throw noSuch('The specified vector bucket could not be found');
    return found;
  };
  const indexes = (bucketName?: string) =>
    records.list<VectorIndex>(bucketName === undefined ? 'index/' : `index/${arnOf(bucketName)}/`).map(storedValue);
  const index = (arn: string) => {
    const found = records.get<VectorIndex>(`index/${arn}`);
    if (found === undefined) throw noSuch('The specified index could not be found');
    return found;
  };
  const forget = (arn: string, keys: readonly string[]) => {
    for (const key of keys) records.delete(vectorKey(arn, key));
    cache.delete(arn);
  };
  return {
    bucket,
    index,
    indexArn,
    indexes,
    buckets: () => records.list<VectorBucket>('bucket/').map(storedValue),
    createBucket: (name) => {
      checkName('vector bucket', name);
      if (records.get(`bucket/${name}`) !== undefined) throw conflict('A vector bucket with this name already exists');
      const made: VectorBucket = { name, arn: arnOf(name), createdAt: context.clock.now() };
      records.put(`bucket/${name}`, made);
      return made;
    },
    deleteBucket: (nameOrArn) => {
      const { name } = bucket(nameOrArn);
      if (indexes(name).length > 0) throw conflict('The vector bucket is not empty');
      records.delete(`bucket/${name}`);
    },
    createIndex: (draft) => {
      checkIndex(draft);
      bucket(draft.bucketName);
      const arn = indexArn(draft.bucketName, draft.name);
      if (records.get(`index/${arn}`) !== undefined) throw conflict('An index with the specified name already exists');
      const made: VectorIndex = { ...draft, arn, createdAt: context.clock.now() };
      records.put(`index/${arn}`, made);
      return made;
    },
    deleteIndex: (arn) => {
      index(arn);
      forget(arn, keysOf(records, arn));
      records.delete(`index/${arn}`);
    },
    put: (arn, vectors) => {
      const target = index(arn);
      for (const vector of vectors) checkVector(target, vector);
      for (const vector of vectors) records.put(vectorKey(arn, vector.key), encodeVector(vector));
      cache.delete(arn);
    },
    delete: (arn, keys) => {
      index(arn);
      forget(arn, keys);
    },
    vectors: (arn) => {
      index(arn);
      const known = cache.get(arn) ?? readVectors(records, arn);
      cache.set(arn, known);
      return known;
    },
  };
};

const storedValue = <Value>({ value }: { value: Value }): Value => value;
const vectorKey = (arn: string, key: string): string => `vector/${arn}/${key}`;

const keysOf = (records: KeyValueStore, arn: string): string[] =>
  records.list(vectorKey(arn, '')).map(({ key }) => key.slice(vectorKey(arn, '').length));

const readVectors = (records: KeyValueStore, arn: string): Vector[] =>
  records.list<StoredVector>(vectorKey(arn, '')).map(({ key, value }) => {
    const bytes = Buffer.from(value.data, 'base64');
    // Copied, because a typed array must begin at a multiple of four.
    const data = new Float32Array(new Uint8Array(bytes).buffer);
    return { key: key.slice(vectorKey(arn, '').length), data, metadata: value.metadata };
  });

const encodeVector = ({ data, metadata }: Vector): StoredVector => ({
  data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
  metadata,
});

const checkName = (kind: string, name: string): void => {
  if (!NAME.test(name)) throw validation(`Invalid ${kind} name: ${name}`);
};

const checkIndex = (draft: Omit<VectorIndex, 'arn' | 'createdAt'>): void => {
  checkName('index', draft.name);
  if (!Number.isInteger(draft.dimension) || draft.dimension < 1 || draft.dimension > MAX_DIMENSION) {
    throw validation(`The dimension must be between 1 and ${MAX_DIMENSION}`);
  }
  if (draft.nonFilterableMetadataKeys.length > MAX_NON_FILTERABLE_KEYS) {
    throw validation(`An index has at most ${MAX_NON_FILTERABLE_KEYS} non-filterable metadata keys`);
  }
};

const checkVector = (index: VectorIndex, { key, data, metadata }: Vector): void => {
  const refuse = (why: string) => validation(`Invalid record for key '${key}': ${why}`);
  if (data.length !== index.dimension)
    throw refuse(`vector must have length ${index.dimension}, but has ${data.length}`);
  if (data.some((value) => !Number.isFinite(value))) throw refuse('vector must not have NaN or Infinity');
  if (index.distanceMetric === 'cosine' && data.every((value) => value === 0)) {
    throw refuse('a zero vector is not allowed with the cosine distance metric');
  }
  const filterable = Object.entries(metadata).filter(([name]) => !index.nonFilterableMetadataKeys.includes(name));
  if (sizeOf(Object.fromEntries(filterable)) > FILTERABLE_METADATA_BYTES) {
    throw refuse(`Filterable metadata must have at most ${FILTERABLE_METADATA_BYTES} bytes`);
  }
  if (sizeOf(metadata) > TOTAL_METADATA_BYTES) {
    throw refuse(`Metadata must have at most ${TOTAL_METADATA_BYTES} bytes`);
  }
};

const sizeOf = (metadata: Metadata): number => Buffer.byteLength(JSON.stringify(metadata));

const noSuch = (message: string): AwsError => new AwsError('NotFoundException', message, 404);

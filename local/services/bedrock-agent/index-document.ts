import type { VectorIngestionConfiguration } from '@aws-sdk/client-bedrock-agent';
import { embedText } from '../bedrock/embedding.ts';
import { type ChunkingOptions, chunkDocument, DEFAULT_CHUNKING } from '../documents/chunk-document.ts';
import { UnreadableDocument } from '../documents/document.ts';
import { readDocument } from '../documents/read-document.ts';
import type { Metadata } from '../s3vectors/metadata-filter.ts';
import type { Vector, VectorIndex } from '../s3vectors/vector-store.ts';

/** Keys under which Bedrock keeps a passage and its origin in a vector's metadata. */
export const TEXT_KEY = 'AMAZON_BEDROCK_TEXT';
export const METADATA_KEY = 'AMAZON_BEDROCK_METADATA';
export const SOURCE_URI_KEY = 'x-amz-bedrock-kb-source-uri';
const DATA_SOURCE_KEY = 'x-amz-bedrock-kb-data-source-id';

/** Bedrock user guide, "Prerequisites for your knowledge base data", 2026-11. */
export const LARGEST_FILE_BYTES = 50 * 1024 * 1024;
const LARGEST_METADATA_FILE_BYTES = 10 * 1024;

/** What `<key>.metadata.json` says of a file. */
export interface FileMetadata {
  readonly attributes: Metadata;
  /** Values with `includeForEmbedding`: found by meaning, though no part of the passage. */
  readonly embedded: readonly string[];
}

export const NO_METADATA: FileMetadata = { attributes: {}, embedded: [] };

/** Throws `UnreadableDocument` when the file is no metadata file. */
export const parseMetadataFile = (bytes: Buffer): FileMetadata => {
  if (bytes.length > LARGEST_METADATA_FILE_BYTES) {
    throw new UnreadableDocument('The metadata file exceeds the limit of 10 KB.');
  }
  const entries = Object.entries(attributesOf(bytes)).map(([key, declared]) => ({
    key,
    ...attributeOf(key, declared),
  }));
  return {
    attributes: Object.fromEntries(entries.map(({ key, value }) => [key, value])),
    embedded: entries.filter(({ forEmbedding }) => forEmbedding).map(({ value }) => String(value)),
  };
};

const attributesOf = (bytes: Buffer): object => {
  try {
    const parsed: unknown = JSON.parse(bytes.toString());
    const attributes = (parsed as { metadataAttributes?: unknown } | null)?.metadataAttributes;
    if (typeof attributes === 'object' && attributes !== null) return attributes;
  } catch {
    throw new UnreadableDocument('The metadata file is not valid JSON.');
  }
  throw new UnreadableDocument('The metadata file has no "metadataAttributes".');
};

interface DeclaredAttribute {
  readonly value?: {
    readonly stringValue?: string;
    readonly numberValue?: number;
    readonly booleanValue?: boolean;
    readonly stringListValue?: readonly string[];
  };
  readonly includeForEmbedding?: boolean;
}

/** Either a plain value, or the form that names the value's type and may include it for embedding. */
const attributeOf = (key: string, declared: unknown): { value: unknown; forEmbedding: boolean } => {
  if (['string', 'number', 'boolean'].includes(typeof declared) || isListOfStrings(declared)) {
    return { value: declared, forEmbedding: false };
  }
  const { value, includeForEmbedding = false } = (declared ?? {}) as DeclaredAttribute;
  const typed = value?.stringValue ?? value?.numberValue ?? value?.booleanValue ?? value?.stringListValue;
  if (typed === undefined) throw new UnreadableDocument(`The metadata attribute "${key}" has no value.`);
  return { value: typed, forEmbedding: includeForEmbedding };
};

const isListOfStrings = (value: unknown): boolean =>
  Array.isArray(value) && value.every((member) => typeof member === 'string');

/** A file as it lies in S3. */
export interface SourceFile {
  readonly uri: string;
  readonly bytes: Buffer;
  readonly metadata: FileMetadata;
}

/** The file's passages as vectors of the index. Throws `UnreadableDocument`. */
export const vectorsOf = async (
  file: SourceFile,
  target: { index: VectorIndex; dataSourceId: string; chunking: ChunkingOptions },
): Promise<Vector[]> => {
  const document = await readDocument({ name: file.uri, bytes: file.bytes });
  return chunkDocument(document, target.chunking).map(({ text }, position) => ({
    key: `${target.dataSourceId}/${file.uri}#${String(position).padStart(6, '0')}`,
    data: embedText([...file.metadata.embedded, text].join('\n'), target.index.dimension),
    metadata: {
      ...file.metadata.attributes,
      [SOURCE_URI_KEY]: file.uri,
      [DATA_SOURCE_KEY]: target.dataSourceId,
      [TEXT_KEY]: text,
      [METADATA_KEY]: JSON.stringify({ source: file.uri, embedded: file.metadata.embedded }),
    },
  }));
};

/** The chunking that a data source asks for; strategies that need a model fall back to the default sizes. */
export const chunkingOf = (configuration: VectorIngestionConfiguration | undefined): ChunkingOptions => {
  const { chunkingStrategy, fixedSizeChunkingConfiguration } = configuration?.chunkingConfiguration ?? {};
  if (chunkingStrategy === 'NONE') return { maxTokens: Number.MAX_SAFE_INTEGER, overlapPercentage: 0 };
  if (chunkingStrategy !== 'FIXED_SIZE') return DEFAULT_CHUNKING;
  return {
    maxTokens: fixedSizeChunkingConfiguration?.maxTokens ?? DEFAULT_CHUNKING.maxTokens,
    overlapPercentage: fixedSizeChunkingConfiguration?.overlapPercentage ?? DEFAULT_CHUNKING.overlapPercentage,
  };
};

import { CreateIndexCommand, DeleteIndexCommand, GetIndexCommand, S3VectorsClient } from '@aws-sdk/client-s3vectors';
import { ignoring, isNamed } from './aws-errors.ts';
import type { VectorIndexes } from './knowledge-engine.ts';

/** Width of Titan Text Embeddings V2's vectors at its default (Amazon Bedrock user guide, "Titan Embeddings Text"). */
const EMBEDDING_DIMENSIONS = 1024;

/**
 * What Bedrock writes beside each vector. Filterable metadata may have 2 KB a vector (S3 user guide, "S3 Vectors
 * limitations"), which a passage of text exceeds; and nobody filters by description.
 */
const NOT_FILTERABLE = ['AMAZON_BEDROCK_TEXT', 'AMAZON_BEDROCK_METADATA', 'description'];

/** Vector indexes in the stage's S3 vector bucket. */
export const s3VectorIndexes = (
  { VECTOR_BUCKET_NAME: vectorBucketName }: { readonly VECTOR_BUCKET_NAME: string },
  client = new S3VectorsClient({}),
): VectorIndexes => ({
  ensure: async (indexName, tags) => {
    try {
      const index = { dataType: 'float32', dimension: EMBEDDING_DIMENSIONS, distanceMetric: 'cosine' } as const;
      const metadataConfiguration = { nonFilterableMetadataKeys: NOT_FILTERABLE };
      const made = await client.send(
        new CreateIndexCommand({ vectorBucketName, indexName, ...index, metadataConfiguration, tags: { ...tags } }),
      );
      if (made.indexArn !== undefined) return made.indexArn;
    } catch (error) {
      if (!isNamed(error, 'ConflictException')) throw error;
    }
    const { index } = await client.send(new GetIndexCommand({ vectorBucketName, indexName }));
    if (index?.indexArn === undefined) throw new Error(`S3 Vectors gave no ARN for the index ${indexName}.`);
    return index.indexArn;
  },
  remove: async (indexName) => {
    await ignoring('NotFoundException', client.send(new DeleteIndexCommand({ vectorBucketName, indexName })));
  },
});

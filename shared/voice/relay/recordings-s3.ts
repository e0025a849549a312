import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { RecordingStore } from './recorder.ts';

/** Recordings in S3; the bucket's lifecycle deletes them by their tag. */
export const s3Recordings = (
  { RECORDINGS_BUCKET: Bucket }: { readonly RECORDINGS_BUCKET: string },
  client = new S3Client({}),
): Pick<RecordingStore, 'write'> => ({
  write: async (Key, Body, tags) => {
    const Tagging = new URLSearchParams(tags).toString();
    await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'audio/wav', Tagging }));
  },
});

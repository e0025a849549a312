import { randomUUID } from 'node:crypto';
import { AwsError, type CloudContext, type JsonObject, type Principal } from '../../core/service.ts';
import { type Bucket, newVersionId, type ObjectInfo, type ObjectStore, type StoredVersion } from './object-store.ts';

/** Why an object came to be, as the event says. */
export type CreationReason = 'PutObject' | 'POST Object' | 'CopyObject' | 'CompleteMultipartUpload';

export interface Change {
  readonly bucket: Bucket;
  readonly key: string;
  readonly principal: Principal;
}

/** What a deletion did. */
export interface Deletion {
  readonly versionId?: string;
  readonly deleteMarker: boolean;
}

/** Objects and their versions; every change is told to EventBridge where the bucket asks for it. */
export interface Objects {
  readonly requireBucket: (name: string) => Bucket;
  /** The latest version, or the one of that id. */
  readonly find: (bucket: string, key: string, versionId?: string) => StoredVersion | undefined;
  /** Throws `NoSuchKey`, `NoSuchVersion`, or `MethodNotAllowed` for a delete marker asked for by its id. */
  readonly require: (bucket: string, key: string, versionId?: string) => StoredVersion;
  readonly create: (change: Change, reason: CreationReason, file: string, info: ObjectInfo) => StoredVersion;
  readonly remove: (change: Change, versionId?: string) => Deletion;
  /** Publishes the events that an earlier process left. */
  readonly resume: () => void;
}

export const makeObjects = (
  { accountId, clock, putEvent }: Pick<CloudContext, 'accountId' | 'clock' | 'putEvent'>,
  store: ObjectStore,
): Objects => {
  const publish = (): void => {
    for (const { id, body } of store.events()) {
      putEvent(JSON.parse(body) as Parameters<CloudContext['putEvent']>[0]);
      store.dropEvent(id);
    }
  };
  const noteEvent = (change: Change, version: StoredVersion, detailType: string, more: JsonObject): void => {
    if (!change.bucket.eventBridge) return;
    const detail = eventDetail(change, version, accountId, more);
    store.putEvent(randomUUID(), {
      source: 'aws.s3',
      detailType,
      detail,
      resources: [`arn:aws:s3:::${change.bucket.name}`],
    });
  };
  const replaceUnversioned = ({ name }: Bucket, key: string): string[] => {
    const old = store.version(name, key, 'null');
    if (old) store.remove(old);
    return old ? [old.file] : [];
  };
  /** Commits, then removes files that no row names any more, then publishes. */
  const commit = <T>(work: () => { result: T; unused: readonly string[] }): T => {
    const { result, unused } = store.transaction(work);
    for (const file of unused) store.dropFile(file);
    publish();
    return result;
  };

  return {
    requireBucket: (name) => {
      const bucket = store.bucket(name);
      if (bucket) return bucket;
      throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name });
    },
    find: (bucket, key, versionId) =>
      versionId === undefined ? store.latest(bucket, key) : store.version(bucket, key, versionId),
    require: (bucket, key, versionId) => {
      const found = versionId === undefined ? store.latest(bucket, key) : store.version(bucket, key, versionId);
      if (found && !found.deleteMarker) return found;
      if (found && versionId !== undefined) {
        throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405);
      }
      throw versionId === undefined || found
        ? new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key })
        : new AwsError('NoSuchVersion', 'The specified version does not exist.', 404, {
            Key: key,
            VersionId: versionId,
          });
    },
    create: (change, reason, file, info) =>
      commit(() => {
        const versioned = change.bucket.versioning === 'Enabled';
        const unused = versioned ? [] : replaceUnversioned(change.bucket, change.key);
        const result = store.insert({
          ...info,
          bucket: change.bucket.name,
          key: change.key,
          file,
          versionId: versioned ? newVersionId() : 'null',
          deleteMarker: false,
          modifiedAtMs: clock.now(),
        });
        noteEvent(change, result, 'Object Created', { reason });
        return { result, unused };
      }),
    remove: (change, versionId) =>
      commit(() => {
        const { bucket, key } = change;
        const gone = { reason: 'DeleteObject', 'deletion-type': 'Permanently Deleted' };
        const target = versionId === undefined && bucket.versioning ? undefined : (versionId ?? 'null');
        if (target !== undefined) {
          const version = store.version(bucket.name, key, target);
          if (!version) return { result: { deleteMarker: false }, unused: [] };
          store.remove(version);
          noteEvent(change, version, 'Object Deleted', gone);
          const result = { deleteMarker: version.deleteMarker, ...(versionId !== undefined && { versionId }) };
          return { result, unused: [version.file] };
        }
        const unused = bucket.versioning === 'Suspended' ? replaceUnversioned(bucket, key) : [];
        const marker = store.insert(deleteMarker(change, clock.now()));
        noteEvent(change, marker, 'Object Deleted', { ...gone, 'deletion-type': 'Delete Marker Created' });
        return { result: { deleteMarker: true, versionId: marker.versionId }, unused };
      }),
    resume: publish,
  };
};

const deleteMarker = ({ bucket, key }: Change, nowMs: number): Omit<StoredVersion, 'sequence' | 'latest'> => ({
  bucket: bucket.name,
  key,
  versionId: bucket.versioning === 'Enabled' ? newVersionId() : 'null',
  deleteMarker: true,
  etag: '',
  size: 0,
  modifiedAtMs: nowMs,
  file: '',
  headers: {},
  tags: {},
});

/** Detail of S3's events (user guide, "EventBridge event message structure"). */
const eventDetail = (
  { bucket, key, principal }: Change,
  version: StoredVersion,
  accountId: string,
  more: JsonObject,
): JsonObject => ({
  version: '0',
  bucket: { name: bucket.name },
  object: {
    key,
    ...(version.deleteMarker ? {} : { size: version.size, etag: version.etag }),
    ...(version.versionId !== 'null' && { 'version-id': version.versionId }),
    sequencer: version.sequence.toString(16).toUpperCase().padStart(18, '0'),
  },
  'request-id': randomUUID(),
  requester: principal.kind === 'service' ? principal.arn : accountId,
  'source-ip-address': '127.0.0.1',
  ...more,
});

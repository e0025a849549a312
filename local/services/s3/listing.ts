import type { ObjectStore, StoredVersion } from './object-store.ts';

export interface ListRequest {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter: string;
  /** Only keys after this. */
  readonly after: string;
  readonly maxKeys: number;
}

export interface Listed {
  readonly objects: readonly StoredVersion[];
  readonly commonPrefixes: readonly string[];
  /** Where to go on; absent at the end. */
  readonly next?: string;
}

/** Objects and common prefixes, together at most `maxKeys`, reading no more rows than that needs. */
export const listObjects = (store: ObjectStore, request: ListRequest): Listed => {
  const { bucket, prefix, delimiter, maxKeys } = request;
  const objects: StoredVersion[] = [];
  const commonPrefixes: string[] = [];
  let { after } = request;
  while (objects.length + commonPrefixes.length < maxKeys) {
    const room = maxKeys - objects.length - commonPrefixes.length;
    const page = store.objectsAfter(bucket, prefix, after, delimiter === '' ? room : Math.min(room, 64));
    if (page.length === 0) return { objects, commonPrefixes };
    for (const object of page) {
      const common = commonPrefix(object.key, prefix, delimiter);
      after = common === undefined ? object.key : `${common}\u{10FFFF}`;
      if (common === undefined) objects.push(object);
      else commonPrefixes.push(common);
      // The rest of the page may lie under the prefix that was just passed.
      if (common !== undefined) break;
    }
  }
  const more = maxKeys > 0 && store.objectsAfter(bucket, prefix, after, 1).length > 0;
  return { objects, commonPrefixes, ...(more && { next: after }) };
};

/** The key up to and with the first delimiter after the prefix. */
export const commonPrefix = (key: string, prefix: string, delimiter: string): string | undefined => {
  if (delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
};

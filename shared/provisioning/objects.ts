export interface StoredObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** Lower-case hex MD5 of the content, when the bucket says so. */
  readonly etag: string;
}

/** The objects of one bucket. */
export interface Objects {
  readonly bucket: string;
  readonly read: (key: string) => Promise<Uint8Array | undefined>;
  readonly write: (
    key: string,
    body: Uint8Array | string,
    as: { readonly contentType: string; readonly tags: Readonly<Record<string, string>> },
  ) => Promise<void>;
  /** The current objects below a prefix, in key order. */
  readonly list: (prefix: string) => Promise<readonly StoredObject[]>;
  /** Keys that exist in any version below the prefix. */
  readonly listEver: (prefix: string) => Promise<readonly string[]>;
  readonly remove: (keys: readonly string[]) => Promise<void>;
  /** Removes every version of every object below a prefix, which must end in `/`. */
  readonly erase: (prefix: string) => Promise<void>;
}

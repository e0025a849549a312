/** The key that signs cursors. */
export interface CursorKey {
  readonly read: () => Promise<string>;
}

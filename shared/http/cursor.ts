import { createHmac, timingSafeEqual } from 'node:crypto';
import { problem } from '../kernel/problems.ts';

/** Where a listing goes on, and for whom: a cursor works only for the tenant, the operation and the filter it was issued for. */
export interface CursorScope {
  readonly userId: string;
  readonly operation: string;
  readonly filter: string;
}

/** 16 bytes of HMAC-SHA-256 are beyond guessing and keep cursors short. */
const SIGNATURE_BYTES = 16;
const MAX_CURSOR_LENGTH = 512;

/** An opaque cursor: base64url of signature and position. */
export const sealCursor = (secret: string, scope: CursorScope, position: string): string =>
  Buffer.concat([signature(secret, scope, position), Buffer.from(position, 'utf8')]).toString('base64url');

/** The position; throws `invalid-cursor` for anything we did not issue for this very listing. */
export const openCursor = (secret: string, scope: CursorScope, cursor: string): string => {
  const bytes = Buffer.from(cursor.slice(0, MAX_CURSOR_LENGTH), 'base64url');
  const position = bytes.subarray(SIGNATURE_BYTES).toString('utf8');
  const issued = bytes.toString('base64url') === cursor && bytes.length > SIGNATURE_BYTES;
  if (!issued || !timingSafeEqual(bytes.subarray(0, SIGNATURE_BYTES), signature(secret, scope, position))) {
    throw problem('invalid-cursor', 'Start the listing again without a cursor.', {
      errors: [{ pointer: '/query/cursor', message: 'Not a cursor of this listing.', code: 'invalid-cursor' }],
    });
  }
  return position;
};

const signature = (secret: string, { userId, operation, filter }: CursorScope, position: string): Buffer =>
  createHmac('sha256', secret)
    .update(JSON.stringify([userId, operation, filter, position]))
    .digest()
    .subarray(0, SIGNATURE_BYTES);

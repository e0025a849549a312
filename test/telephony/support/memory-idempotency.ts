import type { IdempotencyRecord, IdempotencyStore } from '../../../shared/http/idempotency.ts';

/** Idempotency keys in memory, with the conditions of the real table. */
export const memoryIdempotency = (): IdempotencyStore => {
  const records = new Map<string, IdempotencyRecord>();
  return {
    reserve: async (record) => {
      const standing = records.get(record.idempotencyKey);
      if (standing === undefined) records.set(record.idempotencyKey, record);
      return standing;
    },
    takeOver: async (_dead, heir) => {
      records.set(heir.idempotencyKey, heir);
      return true;
    },
    complete: async (record, answer) => {
      records.set(record.idempotencyKey, { ...record, status: 'done', answer });
    },
    forget: async ({ idempotencyKey }) => {
      records.delete(idempotencyKey);
    },
    unlock: async (record) => {
      records.set(record.idempotencyKey, { ...record, lockedUntil: 0 });
    },
  };
};

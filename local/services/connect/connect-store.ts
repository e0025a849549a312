import { createHash, randomUUID } from 'node:crypto';
import type { CloudContext, KeyValueStore } from '../../core/service.ts';
import { idempotency, notFound } from './errors.ts';
import type {
  Belonging,
  StoredFlow,
  StoredHours,
  StoredInstance,
  StoredIntegration,
  StoredNumber,
  StoredQueue,
} from './records.ts';

/** Flows, queues or hours of operation, by their instance. */
export interface Shelf<Item extends Belonging> {
  readonly all: (instanceId: string) => Item[];
  readonly named: (instanceId: string, name: string) => Item | undefined;
  /** By id or ARN. Throws `ResourceNotFoundException`. */
  readonly require: (instanceId: string, idOrArn: string | undefined) => Item;
  readonly find: (instanceId: string, idOrArn: string | undefined) => Item | undefined;
  readonly put: (item: Item) => Item;
  readonly remove: (item: Item) => void;
}

export interface ConnectStore {
  readonly records: KeyValueStore;
  readonly instances: () => StoredInstance[];
  /** By id or ARN. Throws `ResourceNotFoundException`. */
  readonly requireInstance: (idOrArn: string | undefined) => StoredInstance;
  readonly putInstance: (instance: StoredInstance) => StoredInstance;
  readonly removeInstance: (instance: StoredInstance) => void;
  readonly flows: Shelf<StoredFlow>;
  readonly queues: Shelf<StoredQueue>;
  readonly hours: Shelf<StoredHours>;
  readonly numbers: () => StoredNumber[];
  readonly requireNumber: (idOrArn: string | undefined) => StoredNumber;
  readonly putNumber: (number: StoredNumber) => StoredNumber;
  readonly removeNumber: (number: StoredNumber) => void;
  readonly integrations: (instanceId: string) => StoredIntegration[];
  readonly putIntegration: (integration: StoredIntegration) => void;
  readonly removeIntegration: (integration: StoredIntegration) => void;
  /** A fresh ARN below the instance, or of the account for numbers. */
  readonly arn: (path: string) => string;
  readonly once: (request: TokenRequest, make: () => string) => string;
}

/** A request that its client token makes repeatable. */
export interface TokenRequest {
  readonly operation: string;
  readonly token: string | undefined;
  readonly input: object;
}

/** The last part of an ARN; an id is its own. */
export const idOf = (idOrArn: string | undefined): string => (idOrArn ?? '').split('/').at(-1) ?? '';

/** What Amazon Connect knows of instances and what belongs to them. */
export function makeConnectStore(context: Pick<CloudContext, 'store' | 'region' | 'accountId'>): ConnectStore {
  const records = context.store('connect');
  const list = <Value>(prefix: string): Value[] => records.list<Value>(prefix).map(({ value }) => value);
  const requireInstance = (idOrArn: string | undefined): StoredInstance => {
    const found = records.get<StoredInstance>(`instance/${idOf(idOrArn)}`);
    if (found === undefined) throw notFound('instance');
    return found;
  };
  return {
    records,
    instances: () => list<StoredInstance>('instance/'),
    requireInstance,
    putInstance: (instance) => {
      records.put(`instance/${instance.id}`, instance);
      return instance;
    },
    removeInstance: ({ id }) => {
      for (const kind of ['flow', 'queue', 'hours', 'integration', 'contact']) {
        for (const { key } of records.list(`${kind}/${id}/`)) records.delete(key);
      }
      forget(records, id);
      records.delete(`instance/${id}`);
    },
    flows: shelf(records, 'flow', 'contact flow', requireInstance),
    queues: shelf(records, 'queue', 'queue', requireInstance),
    hours: shelf(records, 'hours', 'hours of operation', requireInstance),
    ...numberRecords(records),
    integrations: (instanceId) => list<StoredIntegration>(`integration/${instanceId}/`),
    putIntegration: (one) => records.put(`integration/${one.instanceId}/${one.kind}/${one.arn}`, one),
    removeIntegration: (one) => records.delete(`integration/${one.instanceId}/${one.kind}/${one.arn}`),
    arn: (path) => `arn:aws:connect:${context.region}:${context.accountId}:${path}`,
    once: (request, make) => onceByToken(records, request, make),
  };
}

function numberRecords(records: KeyValueStore) {
  return {
    numbers: () => records.list<StoredNumber>('number/').map(({ value }) => value),
    requireNumber: (idOrArn: string | undefined): StoredNumber => {
      const found = records.get<StoredNumber>(`number/${idOf(idOrArn)}`);
      if (found === undefined) throw notFound('phone number');
      return found;
    },
    putNumber: (number: StoredNumber): StoredNumber => {
      records.put(`number/${number.id}`, number);
      return number;
    },
    removeNumber: ({ id }: StoredNumber): void => {
      forget(records, id);
      records.delete(`number/${id}`);
    },
  };
}

function shelf<Item extends Belonging>(
  records: KeyValueStore,
  kind: string,
  what: string,
  requireInstance: ConnectStore['requireInstance'],
): Shelf<Item> {
  const keyOf = (instanceId: string, id: string) => `${kind}/${instanceId}/${id}`;
  const all = (instanceId: string) => records.list<Item>(`${kind}/${instanceId}/`).map(({ value }) => value);
  const find = (instanceId: string, idOrArn: string | undefined) =>
    records.get<Item>(keyOf(idOf(instanceId), idOf(idOrArn)));
  return {
    all: (instanceId) => all(requireInstance(instanceId).id),
    named: (instanceId, name) => all(idOf(instanceId)).find((item) => item.name === name),
    find,
    require: (instanceId, idOrArn) => {
      const found = find(requireInstance(instanceId).id, idOrArn);
      if (found === undefined) throw notFound(what);
      return found;
    },
    put: (item) => {
      records.put(keyOf(item.instanceId, item.id), item);
      return item;
    },
    remove: (item) => records.delete(keyOf(item.instanceId, item.id)),
  };
}

/** Client tokens that made what is gone make it anew. */
function forget(records: KeyValueStore, id: string): void {
  for (const { key, value } of records.list<{ id: string }>('token/')) if (value.id === id) records.delete(key);
}

/** The id that the token made; throws `IdempotencyException` for the same token with another request. */
function onceByToken(records: KeyValueStore, { operation, token, input }: TokenRequest, make: () => string): string {
  if (token === undefined) return make();
  const key = `token/${operation}/${token}`;
  const digest = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  const known = records.get<{ digest: string; id: string }>(key);
  if (known === undefined) {
    const id = make();
    records.put(key, { digest, id });
    return id;
  }
  if (known.digest !== digest) throw idempotency();
  return known.id;
}

export const newId = (): string => randomUUID();

/** One page; the token is the offset, opaque to callers. */
export function page<Item>(
  items: readonly Item[],
  { MaxResults, NextToken }: { MaxResults?: number | undefined; NextToken?: string | undefined },
  most = 100,
): { readonly items: Item[]; readonly NextToken: string | undefined } {
  const start = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64url').toString());
  const end = start + Math.min(MaxResults ?? most, most);
  const token = end < items.length ? Buffer.from(String(end)).toString('base64url') : undefined;
  return { items: items.slice(start, end), NextToken: token };
}

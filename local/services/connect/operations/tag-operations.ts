import type { ConnectStore } from '../connect-store.ts';
import { notFound } from '../errors.ts';
import type { Tags } from '../records.ts';
import type { ConnectHandlers } from './parts.ts';

interface Tagged {
  readonly tags: Tags;
  readonly put: (tags: Tags) => void;
}

/** What an ARN names, with the way to change its tags; undefined for what is not there. */
export function taggedBy(store: ConnectStore, arn: string): Tagged | undefined {
  const number = store.numbers().find((one) => one.arn === arn);
  if (number) return { tags: number.tags, put: (tags) => store.putNumber({ ...number, tags }) };
  const instance = store.instances().find((one) => arn === one.arn || arn.startsWith(`${one.arn}/`));
  if (instance?.arn === arn) return { tags: instance.tags, put: (tags) => store.putInstance({ ...instance, tags }) };
  if (instance === undefined) return undefined;
  const flow = store.flows.find(instance.id, arn);
  if (flow?.arn === arn) return { tags: flow.tags, put: (tags) => store.flows.put({ ...flow, tags }) };
  const queue = store.queues.find(instance.id, arn);
  if (queue?.arn === arn) return { tags: queue.tags, put: (tags) => store.queues.put({ ...queue, tags }) };
  const hours = store.hours.find(instance.id, arn);
  return hours?.arn === arn ? { tags: hours.tags, put: (tags) => store.hours.put({ ...hours, tags }) } : undefined;
}

/** Tags of numbers, instances, flows, queues and hours of operation. */
export const tagOperations = (store: ConnectStore): ConnectHandlers => {
  const required = (arn: string | undefined): Tagged => {
    const tagged = taggedBy(store, arn ?? '');
    if (tagged === undefined) throw notFound('resource');
    return tagged;
  };
  return {
    TagResource: ({ resourceArn, tags = {} }) => {
      const tagged = required(resourceArn);
      tagged.put({ ...tagged.tags, ...tags });
      return {};
    },
    UntagResource: ({ resourceArn, tagKeys = [] }) => {
      const tagged = required(resourceArn);
      tagged.put(Object.fromEntries(Object.entries(tagged.tags).filter(([key]) => !tagKeys.includes(key))));
      return {};
    },
    ListTagsForResource: ({ resourceArn }) => ({ tags: { ...required(resourceArn).tags } }),
  };
};

import type {
  CreateHoursOfOperationRequest,
  CreateQueueRequest,
  HoursOfOperationConfig,
  HoursOfOperationTimeSlice,
} from '@aws-sdk/client-connect';
import { newId, page } from '../connect-store.ts';
import { duplicate, invalidParameter, limitExceeded, required } from '../errors.ts';
import type { StoredHours, StoredQueue } from '../records.ts';
import type { ConnectHandlers, ConnectParts } from './parts.ts';

/** Queues and hours of operation. */
export const queueOperations = (parts: ConnectParts): ConnectHandlers => {
  const { store } = parts;
  return {
    CreateQueue: (input) => {
      const { id, arn } = createQueue(parts, input);
      return { QueueId: id, QueueArn: arn };
    },
    DescribeQueue: ({ InstanceId, QueueId }) => ({
      Queue: describeQueue(store.queues.require(required(InstanceId, 'InstanceId'), QueueId)),
    }),
    ListQueues: (input) => {
      const { InstanceId, QueueTypes } = input;
      const wanted = QueueTypes === undefined || QueueTypes.includes('STANDARD');
      const { items, NextToken } = page(wanted ? store.queues.all(required(InstanceId, 'InstanceId')) : [], input);
      const summaries = items.map(({ id, arn, name }) => ({
        Id: id,
        Arn: arn,
        Name: name,
        QueueType: 'STANDARD' as const,
      }));
      return { QueueSummaryList: summaries, NextToken };
    },
    DeleteQueue: ({ InstanceId, QueueId }) => {
      store.queues.remove(store.queues.require(required(InstanceId, 'InstanceId'), QueueId));
      return {};
    },
    CreateHoursOfOperation: (input) => {
      const { id, arn } = createHours(parts, input);
      return { HoursOfOperationId: id, HoursOfOperationArn: arn };
    },
    DescribeHoursOfOperation: ({ InstanceId, HoursOfOperationId }) => ({
      HoursOfOperation: describeHours(store.hours.require(required(InstanceId, 'InstanceId'), HoursOfOperationId)),
    }),
    UpdateHoursOfOperation: (input) => {
      updateHours(
        parts,
        store.hours.require(required(input.InstanceId, 'InstanceId'), input.HoursOfOperationId),
        input,
      );
      return {};
    },
    ListHoursOfOperations: (input) => {
      const { items, NextToken } = page(store.hours.all(required(input.InstanceId, 'InstanceId')), input);
      const summaries = items.map(({ id, arn, name }) => ({ Id: id, Arn: arn, Name: name }));
      return { HoursOfOperationSummaryList: summaries, NextToken };
    },
    DeleteHoursOfOperation: ({ InstanceId, HoursOfOperationId }) => {
      store.hours.remove(store.hours.require(required(InstanceId, 'InstanceId'), HoursOfOperationId));
      return {};
    },
  };
};

/** Throws `ResourceNotFoundException` (hours), `DuplicateResourceException` and `LimitExceededException`. */
export function createQueue({ store, limits, context }: ConnectParts, input: CreateQueueRequest): StoredQueue {
  const instance = store.requireInstance(input.InstanceId);
  const hours = store.hours.require(instance.id, input.HoursOfOperationId);
  const name = required(input.Name, 'Name');
  if (store.queues.named(instance.id, name)) throw duplicate(`A queue named ${name} already exists.`);
  if (store.queues.all(instance.id).length >= limits.queues) throw limitExceeded('The instance has too many queues.');
  const id = newId();
  return store.queues.put({
    instanceId: instance.id,
    id,
    arn: `${instance.arn}/queue/${id}`,
    name,
    description: input.Description,
    tags: input.Tags ?? {},
    updatedAtMs: context.clock.now(),
    hoursOfOperationId: hours.id,
    maxContacts: input.MaxContacts,
  });
}

/** Throws `InvalidParameterException` and `DuplicateResourceException`. */
export function createHours({ store, context }: ConnectParts, input: CreateHoursOfOperationRequest): StoredHours {
  const instance = store.requireInstance(input.InstanceId);
  const name = required(input.Name, 'Name');
  if (store.hours.named(instance.id, name)) throw duplicate(`Hours of operation named ${name} already exist.`);
  const id = newId();
  return store.hours.put({
    instanceId: instance.id,
    id,
    arn: `${instance.arn}/operating-hours/${id}`,
    name,
    description: input.Description,
    tags: input.Tags ?? {},
    updatedAtMs: context.clock.now(),
    timeZone: checkedZone(input.TimeZone),
    config: checkedConfig(input.Config),
  });
}

/** What an update or a template says of hours that exist. */
export function updateHours(
  { store, context }: Pick<ConnectParts, 'store' | 'context'>,
  hours: StoredHours,
  changes: Partial<Pick<CreateHoursOfOperationRequest, 'Name' | 'Description' | 'TimeZone' | 'Config'>>,
): StoredHours {
  return store.hours.put({
    ...hours,
    name: changes.Name ?? hours.name,
    description: changes.Description ?? hours.description,
    timeZone: changes.TimeZone === undefined ? hours.timeZone : checkedZone(changes.TimeZone),
    config: changes.Config === undefined ? hours.config : checkedConfig(changes.Config),
    updatedAtMs: context.clock.now(),
  });
}

function checkedZone(timeZone: string | undefined): string {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: required(timeZone, 'TimeZone') }).resolvedOptions().timeZone;
  } catch {
    throw invalidParameter(`The time zone ${timeZone} is not valid.`);
  }
}

const DAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];

const isTime = (time: HoursOfOperationTimeSlice | undefined): boolean => {
  const { Hours = -1, Minutes = -1 } = time ?? {};
  return Hours >= 0 && Hours <= 23 && Minutes >= 0 && Minutes <= 59;
};

function checkedConfig(config: HoursOfOperationConfig[] | undefined): readonly HoursOfOperationConfig[] {
  const slots = required(config, 'Config');
  const valid = slots.every(
    ({ Day, StartTime, EndTime }) => DAYS.includes(Day ?? '') && isTime(StartTime) && isTime(EndTime),
  );
  if (!valid || slots.length > 100) throw invalidParameter('Config is not valid.');
  return slots;
}

const describeQueue = (queue: StoredQueue) => ({
  Name: queue.name,
  QueueArn: queue.arn,
  QueueId: queue.id,
  Description: queue.description,
  HoursOfOperationId: queue.hoursOfOperationId,
  MaxContacts: queue.maxContacts,
  Status: 'ENABLED' as const,
  Tags: { ...queue.tags },
});

const describeHours = (hours: StoredHours) => ({
  HoursOfOperationId: hours.id,
  HoursOfOperationArn: hours.arn,
  Name: hours.name,
  Description: hours.description,
  TimeZone: hours.timeZone,
  Config: [...hours.config],
  Tags: { ...hours.tags },
});

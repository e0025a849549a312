import type { CreateInstanceRequest, Instance } from '@aws-sdk/client-connect';
import { newId, page } from '../connect-store.ts';
import { invalidRequest, quotaExceeded, required } from '../errors.ts';
import type { StoredInstance } from '../records.ts';
import type { ConnectHandlers, ConnectParts } from './parts.ts';
import { createHours, createQueue } from './queue-operations.ts';

const ALIAS = /^(?!d-)([\da-zA-Z]+)([-]*[\da-zA-Z])*$/;

/** CreateInstance, DescribeInstance, ListInstances, DeleteInstance. */
export const instanceOperations = (parts: ConnectParts): ConnectHandlers => {
  const { store, context } = parts;
  return {
    CreateInstance: (input) => {
      const request = { operation: 'CreateInstance', token: input.ClientToken, input };
      const id = store.once(request, () => createInstance(parts, input).id);
      return { Id: id, Arn: store.requireInstance(id).arn };
    },
    DescribeInstance: ({ InstanceId }) => ({
      Instance: describe(store.requireInstance(InstanceId), context.clock.now()),
    }),
    ListInstances: (input) => {
      const { items, NextToken } = page(store.instances(), input, 10);
      return { InstanceSummaryList: items.map((one) => describe(one, context.clock.now())), NextToken };
    },
    DeleteInstance: ({ InstanceId }) => {
      const instance = store.requireInstance(InstanceId);
      const numbers = store.numbers().filter(({ instanceId }) => instanceId === instance.id);
      for (const number of numbers) store.removeNumber(number);
      store.removeInstance(instance);
      return {};
    },
  };
};

/** Throws `InvalidRequestException` and, over the account's quota, `ServiceQuotaExceededException`. */
export function createInstance(parts: ConnectParts, input: CreateInstanceRequest): StoredInstance {
  const { store, limits, latencies, context } = parts;
  const alias = input.InstanceAlias;
  const managed = input.IdentityManagementType !== 'EXISTING_DIRECTORY';
  if (managed && alias === undefined) throw invalidRequest('InstanceAlias is required.');
  if (alias !== undefined && (!ALIAS.test(alias) || alias.length > 45))
    throw invalidRequest('InstanceAlias is invalid.');
  // An alias is a host name: unique over all accounts.
  if (store.instances().some((one) => one.alias === alias)) throw invalidRequest('The instance alias is taken.');
  if (store.instances().length >= limits.instances) {
    throw quotaExceeded('The account has reached its limit of Amazon Connect instances.');
  }
  const id = newId();
  const now = context.clock.now();
  const instance = store.putInstance({
    id,
    arn: store.arn(`instance/${id}`),
    alias,
    identityManagementType: required(input.IdentityManagementType, 'IdentityManagementType'),
    inboundCalls: required(input.InboundCallsEnabled, 'InboundCallsEnabled'),
    outboundCalls: required(input.OutboundCallsEnabled, 'OutboundCallsEnabled'),
    tags: input.Tags ?? {},
    createdAtMs: now,
    activeAtMs: now + latencies.instanceMs,
  });
  furnish(parts, id);
  return instance;
}

const DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;
const MIDNIGHT = { Hours: 0, Minutes: 0 };

/** A new instance has hours of operation and a queue of its own. */
function furnish(parts: ConnectParts, InstanceId: string): void {
  const hours = createHours(parts, {
    InstanceId,
    Name: 'Basic Hours',
    TimeZone: 'America/New_York',
    Config: DAYS.map((Day) => ({ Day, StartTime: MIDNIGHT, EndTime: MIDNIGHT })),
  });
  createQueue(parts, { InstanceId, Name: 'BasicQueue', HoursOfOperationId: hours.id });
}

const describe = (instance: StoredInstance, nowMs: number): Instance => ({
  Id: instance.id,
  Arn: instance.arn,
  IdentityManagementType: instance.identityManagementType,
  InstanceAlias: instance.alias,
  CreatedTime: new Date(instance.createdAtMs),
  ServiceRole: `${instance.arn.split(':').slice(0, 2).join(':')}:iam::${instance.arn.split(':')[4]}:role/aws-service-role/connect.amazonaws.com/AWSServiceRoleForAmazonConnect`,
  InstanceStatus: nowMs >= instance.activeAtMs ? 'ACTIVE' : 'CREATION_IN_PROGRESS',
  InboundCallsEnabled: instance.inboundCalls,
  OutboundCallsEnabled: instance.outboundCalls,
  InstanceAccessUrl: instance.alias === undefined ? undefined : `https://${instance.alias}.my.connect.aws`,
  Tags: { ...instance.tags },
});

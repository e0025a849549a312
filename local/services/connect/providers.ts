import type { ContactFlowType, HoursOfOperationConfig } from '@aws-sdk/client-connect';
import type { DeclaredResource, Json, JsonObject, ResourceProvider } from '../../core/service.ts';
import { requireText } from '../../core/text.ts';
import { idOf } from './connect-store.ts';
import { createFlow, updateFlow } from './operations/flow-operations.ts';
import { createInstance } from './operations/instance-operations.ts';
import { associate } from './operations/integration-operations.ts';
import { claimAny } from './operations/number-operations.ts';
import type { ConnectParts } from './operations/parts.ts';
import { createHours, createQueue, updateHours } from './operations/queue-operations.ts';

type Ensure = (parts: ConnectParts, resource: DeclaredResource) => Promise<Made> | Made;
type Made = { ref: string; attributes: Record<string, string> };

/** What the template declares of Amazon Connect; names decide what is there already. */
export const connectProviders = (parts: ConnectParts): ResourceProvider[] =>
  Object.entries(ENSURE).map(([type, ensure]) => ({ type, ensure: async (resource) => ensure(parts, resource) }));

const tagsOf = (tags: Json | undefined): Record<string, string> =>
  Object.fromEntries(
    (Array.isArray(tags) ? (tags as JsonObject[]) : []).map(({ Key, Value }) => [
      requireText(Key, 'Key'),
      requireText(Value, 'Value'),
    ]),
  );

const optional = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

const isTrue = (value: Json | undefined): boolean => value === true || value === 'true';

const ensureInstance: Ensure = async (parts, { properties, physicalName }) => {
  const { store, context } = parts;
  const alias = optional(properties.InstanceAlias) ?? physicalName.replaceAll(/[^\da-zA-Z-]/g, '').slice(0, 45);
  const declared = (properties.Attributes ?? {}) as JsonObject;
  const known = store.instances().find((one) => one.alias === alias);
  const instance =
    known ??
    createInstance(parts, {
      IdentityManagementType: requireText(
        properties.IdentityManagementType,
        'IdentityManagementType',
      ) as 'CONNECT_MANAGED',
      InstanceAlias: alias,
      InboundCallsEnabled: isTrue(declared.InboundCalls),
      OutboundCallsEnabled: isTrue(declared.OutboundCalls),
      Tags: tagsOf(properties.Tags),
    });
  // As CloudFormation: made when it is active.
  if (context.clock.now() < instance.activeAtMs) await context.clock.sleep(instance.activeAtMs - context.clock.now());
  const { id, arn } = instance;
  const CreatedTime = new Date(instance.createdAtMs).toISOString();
  return { ref: arn, attributes: { Arn: arn, Id: id, InstanceStatus: 'ACTIVE', CreatedTime } };
};

const ensureIntegration: Ensure = (parts, { properties }) => {
  const instanceId = idOf(requireText(properties.InstanceId, 'InstanceId'));
  const kind = requireText(properties.IntegrationType, 'IntegrationType');
  const arn = requireText(properties.IntegrationArn, 'IntegrationArn');
  if (kind !== 'LAMBDA_FUNCTION' && kind !== 'LEX_BOT')
    throw new RangeError(`integrations of type ${kind} are not served`);
  const known = parts.store.integrations(instanceId).find((one) => one.kind === kind && one.arn === arn);
  const { id } = known ?? associate(parts, instanceId, kind, arn);
  return { ref: id, attributes: { IntegrationAssociationId: id } };
};

const ensureHours: Ensure = (parts, { properties }) => {
  const InstanceId = idOf(requireText(properties.InstanceArn, 'InstanceArn'));
  const Name = requireText(properties.Name, 'Name');
  const declared = {
    Name,
    TimeZone: requireText(properties.TimeZone, 'TimeZone'),
    Description: optional(properties.Description),
    Config: properties.Config as unknown as HoursOfOperationConfig[],
  };
  const known = parts.store.hours.named(InstanceId, Name);
  const { arn } = known
    ? updateHours(parts, known, declared)
    : createHours(parts, { ...declared, InstanceId, Tags: tagsOf(properties.Tags) });
  return { ref: arn, attributes: { HoursOfOperationArn: arn } };
};

const ensureQueue: Ensure = (parts, { properties }) => {
  const InstanceId = idOf(requireText(properties.InstanceArn, 'InstanceArn'));
  const Name = requireText(properties.Name, 'Name');
  const hoursOfOperationId = idOf(requireText(properties.HoursOfOperationArn, 'HoursOfOperationArn'));
  const maxContacts = properties.MaxContacts === undefined ? undefined : Number(properties.MaxContacts);
  const known = parts.store.queues.named(InstanceId, Name);
  const { arn } = known
    ? parts.store.queues.put({ ...known, hoursOfOperationId, maxContacts })
    : createQueue(parts, {
        InstanceId,
        Name,
        Description: optional(properties.Description),
        HoursOfOperationId: hoursOfOperationId,
        MaxContacts: maxContacts,
        Tags: tagsOf(properties.Tags),
      });
  return { ref: arn, attributes: { QueueArn: arn, Type: 'STANDARD' } };
};

const ensureFlow: Ensure = (parts, { properties }) => {
  const InstanceId = idOf(requireText(properties.InstanceArn, 'InstanceArn'));
  const Name = requireText(properties.Name, 'Name');
  const Content = requireText(properties.Content, 'Content');
  const known = parts.store.flows.named(InstanceId, Name);
  const { arn } = known
    ? updateFlow(parts, known, Content)
    : createFlow(parts, {
        InstanceId,
        Name,
        Content,
        Type: requireText(properties.Type, 'Type') as ContactFlowType,
        Description: optional(properties.Description),
        Tags: tagsOf(properties.Tags),
      });
  return { ref: arn, attributes: { ContactFlowArn: arn, Status: 'PUBLISHED' } };
};

/** A declared number is any free one; which one the stack has is kept under its logical id. */
const ensureNumber: Ensure = (parts, { properties, physicalName }) => {
  const { store } = parts;
  const key = `declared-number/${physicalName}`;
  const known = store.numbers().find(({ id }) => id === store.records.get<string>(key));
  const number =
    known ??
    claimAny(parts, {
      TargetArn: requireText(properties.TargetArn, 'TargetArn'),
      countryCode: requireText(properties.CountryCode, 'CountryCode'),
      type: requireText(properties.Type, 'Type'),
      prefix: optional(properties.Prefix) ?? '',
      PhoneNumberDescription: optional(properties.Description),
      Tags: tagsOf(properties.Tags),
    });
  store.records.put(key, number.id);
  return { ref: number.arn, attributes: { PhoneNumberArn: number.arn, Address: number.phoneNumber } };
};

const ENSURE: Readonly<Record<string, Ensure>> = {
  'AWS::Connect::Instance': ensureInstance,
  'AWS::Connect::IntegrationAssociation': ensureIntegration,
  'AWS::Connect::HoursOfOperation': ensureHours,
  'AWS::Connect::Queue': ensureQueue,
  'AWS::Connect::ContactFlow': ensureFlow,
  'AWS::Connect::PhoneNumber': ensureNumber,
};

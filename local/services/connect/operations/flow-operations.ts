import { createHash } from 'node:crypto';
import type { ContactFlow, ContactFlowType, CreateContactFlowRequest } from '@aws-sdk/client-connect';
import { newId, page } from '../connect-store.ts';
import { duplicate, invalidFlow, invalidParameter, invalidRequest, limitExceeded, required } from '../errors.ts';
import { flowProblems } from '../flow/check-flow.ts';
import type { StoredFlow } from '../records.ts';
import type { ConnectHandlers, ConnectParts } from './parts.ts';

/** Contact flows: their content is checked whenever it is stored as published. */
export const flowOperations = (parts: ConnectParts): ConnectHandlers => {
  const { store, context } = parts;
  const flowOf = (input: { InstanceId?: string | undefined; ContactFlowId?: string | undefined }) =>
    store.flows.require(required(input.InstanceId, 'InstanceId'), input.ContactFlowId);
  return {
    CreateContactFlow: (input) => {
      const flow = createFlow(parts, input);
      return { ContactFlowId: flow.id, ContactFlowArn: flow.arn, FlowContentSha256: sha256(flow.content) };
    },
    DescribeContactFlow: (input) => ({ ContactFlow: describe(flowOf(input)) }),
    UpdateContactFlowContent: (input) => {
      const { content } = updateFlow(parts, flowOf(input), required(input.Content, 'Content'));
      return { FlowContentSha256: sha256(content) };
    },
    UpdateContactFlowMetadata: (input) => {
      const flow = flowOf(input);
      requireFreeName(parts, flow.instanceId, input.Name, flow.id);
      store.flows.put({
        ...flow,
        name: input.Name ?? flow.name,
        description: input.Description ?? flow.description,
        state: input.ContactFlowState ?? flow.state,
        updatedAtMs: context.clock.now(),
      });
      return {};
    },
    UpdateContactFlowName: (input) => {
      const flow = flowOf(input);
      requireFreeName(parts, flow.instanceId, input.Name, flow.id);
      store.flows.put({ ...flow, name: input.Name ?? flow.name, description: input.Description ?? flow.description });
      return {};
    },
    DeleteContactFlow: (input) => {
      const flow = flowOf(input);
      const inUse = store.numbers().some(({ flowId }) => flowId === flow.id);
      if (inUse) throw invalidRequest('The contact flow is associated with a phone number.');
      store.flows.remove(flow);
      return {};
    },
    ListContactFlows: (input) => {
      const all = store.flows.all(required(input.InstanceId, 'InstanceId'));
      const wanted = all.filter(({ type }) => input.ContactFlowTypes?.includes(type as ContactFlowType) ?? true);
      const { items, NextToken } = page(wanted, input, 1000);
      return { ContactFlowSummaryList: items.map(summarize), NextToken };
    },
  };
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const TYPES = [
  'CONTACT_FLOW',
  'CUSTOMER_QUEUE',
  'CUSTOMER_HOLD',
  'CUSTOMER_WHISPER',
  'AGENT_HOLD',
  'AGENT_WHISPER',
  'OUTBOUND_WHISPER',
  'AGENT_TRANSFER',
  'QUEUE_TRANSFER',
];

function requireFreeName({ store }: ConnectParts, instanceId: string, name: string | undefined, ownId?: string): void {
  if (name === undefined) return;
  const holder = store.flows.named(instanceId, name);
  if (holder !== undefined && holder.id !== ownId) throw duplicate(`A contact flow named ${name} already exists.`);
}

function check({ store }: ConnectParts, instanceId: string, type: string, content: string): void {
  const shelves = { queue: store.queues, flow: store.flows, hours: store.hours };
  const problems = flowProblems(content, type, {
    has: (kind, idOrArn) => shelves[kind].find(instanceId, idOrArn) !== undefined,
  });
  if (problems.length > 0) throw invalidFlow(problems);
}

/** Throws `InvalidContactFlowException`, `DuplicateResourceException`, `LimitExceededException`, `InvalidParameterException`. */
export function createFlow(parts: ConnectParts, input: CreateContactFlowRequest): StoredFlow {
  const { store, limits, context } = parts;
  const instance = store.requireInstance(input.InstanceId);
  const name = required(input.Name, 'Name');
  const type = required(input.Type, 'Type');
  const content = required(input.Content, 'Content');
  if (!TYPES.includes(type)) throw invalidParameter(`The contact flow type ${type} is not valid.`);
  if (name.length > 256 || (input.Description?.length ?? 0) > 500)
    throw invalidParameter('Name or Description is too long.');
  requireFreeName(parts, instance.id, name);
  if (store.flows.all(instance.id).length >= limits.contactFlows)
    throw limitExceeded('The instance has too many flows.');
  const status = input.Status ?? 'PUBLISHED';
  if (status === 'PUBLISHED') check(parts, instance.id, type, content);
  const id = newId();
  return store.flows.put({
    instanceId: instance.id,
    id,
    arn: `${instance.arn}/contact-flow/${id}`,
    name,
    description: input.Description,
    tags: input.Tags ?? {},
    updatedAtMs: context.clock.now(),
    type,
    state: 'ACTIVE',
    status,
    content,
  });
}

/** Publishes other content. Throws `InvalidContactFlowException`. */
export function updateFlow(parts: ConnectParts, flow: StoredFlow, content: string): StoredFlow {
  check(parts, flow.instanceId, flow.type, content);
  return parts.store.flows.put({ ...flow, content, status: 'PUBLISHED', updatedAtMs: parts.context.clock.now() });
}

const describe = (flow: StoredFlow): ContactFlow => ({
  Arn: flow.arn,
  Id: flow.id,
  Name: flow.name,
  Type: flow.type as ContactFlowType,
  State: flow.state,
  Status: flow.status,
  Description: flow.description,
  Content: flow.content,
  Tags: { ...flow.tags },
  FlowContentSha256: sha256(flow.content),
  LastModifiedTime: new Date(flow.updatedAtMs),
});

const summarize = (flow: StoredFlow) => ({
  Id: flow.id,
  Arn: flow.arn,
  Name: flow.name,
  ContactFlowType: flow.type as ContactFlowType,
  ContactFlowState: flow.state,
  ContactFlowStatus: flow.status,
});

import type { CreateParticipantRequest, StartChatContactRequest } from '@aws-sdk/client-connect';
import { AwsError } from '../../../core/service.ts';
import { newId } from '../connect-store.ts';
import {
  attributeBytes,
  CONNECT,
  isOver,
  MOST_ATTRIBUTE_BYTES,
  type Participant,
  type StoredContact,
} from '../contacts/contact.ts';
import { invalidParameter, invalidRequest, limitExceeded, required } from '../errors.ts';
import type { StoredFlow } from '../records.ts';
import type { ConnectHandlers, ConnectParts } from './parts.ts';

/** Contacts: chats that begin by the API, outbound calls, their attributes, participants and streams. */
export const contactOperations = (parts: ConnectParts): ConnectHandlers => {
  const { desk } = parts;
  const contactOf = (input: { InstanceId?: string | undefined; ContactId?: string | undefined }) =>
    desk.current(required(input.ContactId, 'ContactId'), required(input.InstanceId, 'InstanceId'));
  return {
    StartChatContact: (input) => {
      const { InitialMessage: _, ...same } = input;
      const request = { operation: 'StartChatContact', token: input.ClientToken, input: same };
      const id = parts.store.once(request, () => startChat(parts, input).id);
      const [customer] = desk.contacts.require(id).participants;
      return { ContactId: id, ParticipantId: customer?.id, ParticipantToken: customer?.token };
    },
    StartOutboundVoiceContact: (input) => {
      const request = { operation: 'StartOutboundVoiceContact', token: input.ClientToken, input };
      return { ContactId: parts.store.once(request, () => startCall(parts, input).id) };
    },
    DescribeContact: (input) => ({ Contact: describe(parts, contactOf(input)) }),
    StopContact: (input) => {
      const contact = contactOf(input);
      desk.end(contact.id, 'API');
      return {};
    },
    GetContactAttributes: ({ InstanceId, InitialContactId }) => ({
      Attributes: { ...contactOf({ InstanceId, ContactId: InitialContactId }).attributes },
    }),
    UpdateContactAttributes: ({ InstanceId, InitialContactId, Attributes }) => {
      const contact = contactOf({ InstanceId, ContactId: InitialContactId });
      desk.addAttributes(contact.id, required(Attributes, 'Attributes'));
      return {};
    },
    ...streamingOperations(parts, contactOf),
    CreateParticipant: (input) => {
      const contact = contactOf(input);
      const request = { operation: `CreateParticipant/${contact.id}`, token: input.ClientToken, input };
      const id = parts.store.once(request, () => createParticipant(parts, contact, input.ParticipantDetails).id);
      const made = desk.contacts.require(contact.id).participants.find((one) => one.id === id);
      return { ParticipantId: id, ParticipantCredentials: { ParticipantToken: made?.token } };
    },
  };
};

type ContactOf = (input: { InstanceId?: string | undefined; ContactId?: string | undefined }) => StoredContact;

const streamingOperations = ({ desk, store }: ConnectParts, contactOf: ContactOf): ConnectHandlers => ({
  StartContactStreaming: (input) => {
    const contact = contactOf(input);
    const topicArn = required(input.ChatStreamingConfiguration?.StreamingEndpointArn, 'StreamingEndpointArn');
    if (contact.channel !== 'CHAT' || isOver(contact)) throw invalidRequest('The contact is not a chat that goes on.');
    const caller = { service: CONNECT, sourceArn: store.requireInstance(contact.instanceId).arn };
    if (!desk.dependencies.sns.admits(topicArn, caller)) {
      throw invalidRequest(`${topicArn} is no topic that ${CONNECT} may publish to for this instance.`);
    }
    const known = contact.streams.find((stream) => stream.topicArn === topicArn);
    if (known) return { StreamingId: known.id };
    // One chat has at most two (API reference, StartContactStreaming: LimitExceededException).
    if (contact.streams.length >= 2) throw limitExceeded('The contact has too many streams.');
    const id = newId();
    desk.change(contact.id, ({ streams }) => ({ streams: [...streams, { id, topicArn }] }));
    return { StreamingId: id };
  },
  StopContactStreaming: (input) => {
    const { id } = contactOf(input);
    desk.change(id, ({ streams }) => ({ streams: streams.filter((stream) => stream.id !== input.StreamingId) }));
    return {};
  },
});

/** A flow that contacts can come to. Throws `ResourceNotFoundException` and `InvalidRequestException`. */
function inboundFlow(
  { store, context }: ConnectParts,
  instanceId: string | undefined,
  flowId: string | undefined,
): StoredFlow {
  const instance = store.requireInstance(instanceId);
  if (context.clock.now() < instance.activeAtMs) throw invalidRequest('The instance is not active yet.');
  const flow = store.flows.require(instance.id, flowId);
  if (flow.status !== 'PUBLISHED' || flow.type !== 'CONTACT_FLOW') {
    throw invalidRequest('The contact flow is not a published inbound flow.');
  }
  return flow;
}

function checkAttributes(attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (attributeBytes(attributes) > MOST_ATTRIBUTE_BYTES) throw invalidRequest('The attributes exceed 32 KB.');
  const odd = Object.keys(attributes).find((key) => !/^[\w-]+$/.test(key));
  if (odd !== undefined) throw invalidRequest(`The attribute key ${odd} is not valid.`);
  return attributes;
}

const MINUTE_MS = 60_000;
/** Bounds and default of ChatDurationInMinutes (API reference, StartChatContact). */
const SHORTEST_CHAT_MINUTES = 60;
const LONGEST_CHAT_MINUTES = 10_080;
const CHAT_MINUTES = 1500;
/** A customer has so long to connect. */
const CONNECT_WITHIN_MS = 5 * MINUTE_MS;
/** Most characters of a plain message. */
const MOST_MESSAGE_CHARACTERS = 1024;

function startChat(parts: ConnectParts, input: StartChatContactRequest): StoredContact {
  const { desk, limits } = parts;
  const flow = inboundFlow(parts, input.InstanceId, input.ContactFlowId);
  const minutes = input.ChatDurationInMinutes ?? CHAT_MINUTES;
  if (minutes < SHORTEST_CHAT_MINUTES || minutes > LONGEST_CHAT_MINUTES)
    throw invalidRequest('ChatDurationInMinutes is out of bounds.');
  const displayName = required(input.ParticipantDetails?.DisplayName, 'ParticipantDetails.DisplayName');
  const said = input.InitialMessage?.Content;
  if ((said?.length ?? 0) > MOST_MESSAGE_CHARACTERS) throw invalidRequest('InitialMessage is too long.');
  if (desk.openContacts().filter(({ channel }) => channel === 'CHAT').length >= limits.concurrentChats) {
    throw limitExceeded('The instance has too many chats at the same time.');
  }
  const contact = desk.open({
    flow,
    instanceId: flow.instanceId,
    channel: 'CHAT',
    initiation: 'API',
    subtype: 'connect:Chat',
    attributes: checkAttributes(input.Attributes ?? {}),
    contentTypes: input.SupportedMessagingContentTypes ?? ['text/plain'],
    relatedContactId: input.RelatedContactId,
    expiresAtMs: desk.now + minutes * MINUTE_MS,
    connectByMs: desk.now + CONNECT_WITHIN_MS,
  });
  const customer = desk.invite(contact.id, 'CUSTOMER', displayName);
  if (said !== undefined) {
    const ContentType = input.InitialMessage?.ContentType ?? 'text/plain';
    const from = { ParticipantId: customer.id, ParticipantRole: 'CUSTOMER', DisplayName: displayName } as const;
    desk.append(contact.id, { Type: 'MESSAGE', ContentType, Content: said, ...from });
  }
  void desk.start(contact.id);
  return desk.contacts.require(contact.id);
}

interface CallInput {
  readonly InstanceId?: string | undefined;
  readonly ContactFlowId?: string | undefined;
  readonly DestinationPhoneNumber?: string | undefined;
  readonly SourcePhoneNumber?: string | undefined;
  readonly Attributes?: Readonly<Record<string, string>> | undefined;
}

/** The call rings at the destination until somebody takes it up there. */
function startCall(parts: ConnectParts, input: CallInput): StoredContact {
  const flow = inboundFlow(parts, input.InstanceId, input.ContactFlowId);
  const to = required(input.DestinationPhoneNumber, 'DestinationPhoneNumber');
  if (!/^\+[1-9]\d{1,14}$/.test(to)) throw invalidParameter('DestinationPhoneNumber must be in E.164 form.');
  const own = parts.store.numbers().filter(({ instanceId }) => instanceId === flow.instanceId);
  const from = input.SourcePhoneNumber ?? own[0]?.phoneNumber;
  if (from === undefined || own.every(({ phoneNumber }) => phoneNumber !== from)) {
    throw new AwsError('OutboundContactNotPermittedException', 'The instance has no such number to call from.', 403);
  }
  return parts.desk.open({
    flow,
    instanceId: flow.instanceId,
    channel: 'VOICE',
    initiation: 'OUTBOUND',
    subtype: 'connect:Telephony',
    isRinging: true,
    attributes: checkAttributes(input.Attributes ?? {}),
    customer: { Type: 'TELEPHONE_NUMBER', Address: to },
    system: { Type: 'TELEPHONE_NUMBER', Address: from },
  });
}

/** Throws `InvalidRequestException`, and `ConflictException` for a second bot. */
function createParticipant(
  { desk }: ConnectParts,
  contact: StoredContact,
  details: CreateParticipantRequest['ParticipantDetails'],
): Participant {
  const role = details?.ParticipantRole;
  if (contact.channel !== 'CHAT' || isOver(contact)) throw invalidRequest('The contact is not a chat that goes on.');
  if (role !== 'CUSTOMER' && role !== 'CUSTOM_BOT')
    throw invalidRequest('ParticipantRole must be CUSTOMER or CUSTOM_BOT.');
  const there = contact.participants.some((one) => one.role === 'CUSTOM_BOT' && one.state !== 'left');
  if (role === 'CUSTOM_BOT' && there) throw new AwsError('ConflictException', 'The contact has a bot already.', 409);
  if (role === 'CUSTOM_BOT' && contact.agent)
    throw new AwsError('ConflictException', 'An agent is in the contact.', 409);
  return desk.invite(contact.id, role, details?.DisplayName ?? 'Bot');
}

const describe = ({ store }: ConnectParts, contact: StoredContact) => ({
  Arn: contact.arn,
  Id: contact.id,
  InitialContactId: contact.id,
  RelatedContactId: contact.relatedContactId,
  InitiationMethod: contact.initiation,
  Name: contact.name,
  Channel: contact.channel,
  QueueInfo:
    contact.queue === undefined
      ? undefined
      : { Id: contact.queue.id, EnqueueTimestamp: new Date(contact.queue.enqueuedAtMs) },
  AgentInfo:
    contact.agent === undefined
      ? undefined
      : { Id: contact.agent.name, ConnectedToAgentTimestamp: new Date(contact.agent.connectedAtMs) },
  InitiationTimestamp: new Date(contact.startedAtMs),
  DisconnectTimestamp: contact.endedAtMs === undefined ? undefined : new Date(contact.endedAtMs),
  DisconnectReason: contact.disconnectReason,
  CustomerEndpoint: contact.customer,
  SystemEndpoint: contact.system,
  SegmentAttributes: { 'connect:Subtype': { ValueString: contact.subtype } },
  Attributes: { ...contact.attributes },
  Tags: { 'aws:connect:instanceId': idOfInstance(store, contact), ...contact.tags },
});

const idOfInstance = (store: ConnectParts['store'], { instanceId }: StoredContact): string =>
  store.requireInstance(instanceId).id;

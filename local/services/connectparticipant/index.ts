import { randomBytes } from 'node:crypto';
import * as client from '@aws-sdk/client-connectparticipant';
import { defineSchemaService, type Handlers } from '../../core/schema-service.ts';
import { AwsError, type AwsService } from '../../core/service.ts';
import { type ContactItem, EVENT, isOver, type Participant, type StoredContact } from '../connect/contacts/contact.ts';
import type { ContactDesk } from '../connect/contacts/contact-desk.ts';

const invalid = (message: string): AwsError => new AwsError('ValidationException', message, 400);
const denied = (): AwsError => new AwsError('AccessDeniedException', 'Access denied', 403);

/** A connection token lives so long (API reference, CreateParticipantConnection). */
const CONNECTION_MS = 24 * 60 * 60 * 1000;
/** Most characters of a message by its type (API reference, SendMessage). */
const MOST_CHARACTERS: Readonly<Record<string, number>> = {
  'text/plain': 1024,
  'text/markdown': 1024,
  'application/json': 12_000,
  'application/vnd.amazonaws.connect.message.interactive': 12_000,
  'application/vnd.amazonaws.connect.message.interactive.response': 12_288,
};

interface Seat {
  readonly contact: StoredContact;
  readonly participant: Participant;
}

/**
 * The side of Amazon Connect that participants of a chat speak to. Its tokens are its permissions: no policy is asked.
 * Connections are credentials only; messages are fetched (GetTranscript) or streamed to a topic, not by WebSocket.
 */
export function makeConnectParticipant(desk: ContactDesk): AwsService {
  const operations: Handlers<typeof client> = {
    CreateParticipantConnection: (input) => connect(desk, input),
    SendMessage: (input) => {
      const seat = seatOf(desk, input.ConnectionToken);
      checkMessage(seat, input.ContentType, input.Content);
      const item = { Type: 'MESSAGE', ContentType: input.ContentType, Content: input.Content } as const;
      return sendOnce(desk, seat, { ...item, ContentType: input.ContentType ?? '' }, input.ClientToken);
    },
    SendEvent: (input) => {
      const seat = seatOf(desk, input.ConnectionToken);
      if (!input.ContentType?.startsWith('application/vnd.amazonaws.connect.event.'))
        throw invalid('ContentType is not valid.');
      const item = { Type: 'EVENT', ContentType: input.ContentType ?? '', Content: input.Content } as const;
      return sendOnce(desk, seat, item, input.ClientToken);
    },
    GetTranscript: (input) => transcriptOf(desk, seatOf(desk, input.ConnectionToken), input),
    DisconnectParticipant: ({ ConnectionToken }) => {
      leave(desk, seatOf(desk, ConnectionToken));
      return {};
    },
  };
  return defineSchemaService({
    name: 'connectparticipant',
    signingName: 'execute-api',
    client,
    operations,
    needs: () => [],
    unsigned: ['CreateParticipantConnection', 'SendMessage', 'SendEvent', 'GetTranscript', 'DisconnectParticipant'],
  });
}

/** Who holds the token. Throws `AccessDeniedException` for a stranger and when the chat is over. */
function seatOf(desk: ContactDesk, token: string | undefined): Seat {
  const connection = desk.contacts.connection(token);
  if (connection === undefined || desk.now >= connection.expiresAtMs) throw denied();
  const contact = desk.current(connection.contactId);
  const participant = contact.participants.find(({ id }) => id === connection.participantId);
  if (participant === undefined || participant.state !== 'connected' || isOver(contact)) throw denied();
  return { contact, participant };
}

interface ConnectInput {
  readonly ParticipantToken?: string | undefined;
  readonly Type?: readonly client.ConnectionType[] | undefined;
  readonly ConnectParticipant?: boolean | undefined;
}

function connect(desk: ContactDesk, { ParticipantToken, Type = [], ConnectParticipant }: ConnectInput) {
  const contactId = desk.contacts.contactOfToken(ParticipantToken);
  if (contactId === undefined) throw denied();
  if (!Type.includes('CONNECTION_CREDENTIALS')) throw invalid('Type must name CONNECTION_CREDENTIALS.');
  if (Type.includes('WEBSOCKET')) {
    throw new AwsError('NotImplemented', 'The embedded connectparticipant serves no WebSocket.', 501);
  }
  const contact = desk.current(contactId);
  const participant = contact.participants.find(({ token }) => token === ParticipantToken);
  if (participant === undefined || isOver(contact)) throw denied();
  // Without a WebSocket only this flag connects; otherwise the participant would have to subscribe.
  if (ConnectParticipant !== true) throw invalid('ConnectParticipant must be true where no WebSocket is asked for.');
  if (participant.state !== 'connected') enter(desk, contact, participant);
  const expiresAtMs = desk.now + CONNECTION_MS;
  const ConnectionToken = randomBytes(48).toString('base64url');
  desk.contacts.putConnection(ConnectionToken, { contactId, participantId: participant.id, expiresAtMs });
  return { ConnectionCredentials: { ConnectionToken, Expiry: new Date(expiresAtMs).toISOString() } };
}

function enter(desk: ContactDesk, contact: StoredContact, participant: Participant): void {
  desk.setParticipant(contact.id, participant.id, 'connected');
  desk.append(contact.id, { Type: 'EVENT', ContentType: EVENT.joined, ...from(participant) });
  if (participant.role === 'CUSTOMER' && participant.state === 'left') desk.live(contact.id).tell('CustomerReturned');
}

const from = ({ id, role, displayName }: Participant) => ({
  ParticipantId: id,
  ParticipantRole: role,
  DisplayName: displayName,
});

function checkMessage({ contact }: Seat, contentType = '', content = ''): void {
  const most = MOST_CHARACTERS[contentType];
  const response = contentType.endsWith('.interactive.response');
  if (most === undefined || !(response || contact.contentTypes.includes(contentType))) {
    throw invalid(`The chat does not take ${contentType}.`);
  }
  if (content.length === 0 || content.length > most) throw invalid(`Content must have 1 to ${most} characters.`);
}

type Sent = Pick<ContactItem, 'Type' | 'ContentType' | 'Content'>;

/** The same client token sends once. */
function sendOnce(desk: ContactDesk, seat: Seat, item: Sent, token: string | undefined) {
  const { contact, participant } = seat;
  const { records } = desk.dependencies.store;
  const key = `sent/${contact.id}/${participant.id}/${token}`;
  const known = token === undefined ? undefined : records.get<{ Id: string; AbsoluteTime: string }>(key);
  if (known) return known;
  const { Id, AbsoluteTime } = desk.append(contact.id, { ...item, ...from(participant) });
  if (token !== undefined) records.put(key, { Id, AbsoluteTime });
  // A flow that waits for the customer's words gets them.
  if (item.Type === 'MESSAGE' && participant.role === 'CUSTOMER' && contact.queue === undefined) {
    desk.live(contact.id).offerNow(item.Content ?? '');
  }
  return { Id, AbsoluteTime };
}

interface TranscriptInput {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
  readonly ScanDirection?: client.ScanDirection | undefined;
  readonly SortOrder?: client.SortKey | undefined;
  readonly StartPosition?: client.StartPosition | undefined;
}

/** Pages from the newest back (or from a position), each in the order asked for; the token is the offset. */
function transcriptOf(desk: ContactDesk, { contact }: Seat, input: TranscriptInput) {
  const { MaxResults = 15, NextToken, ScanDirection = 'BACKWARD', SortOrder = 'DESCENDING', StartPosition } = input;
  const all = desk.contacts.items(contact.id);
  const at = StartPosition?.Id === undefined ? -1 : all.findIndex(({ Id }) => Id === StartPosition.Id);
  const scanned =
    ScanDirection === 'FORWARD' ? all.slice(Math.max(0, at)) : all.slice(0, at < 0 ? all.length : at + 1).reverse();
  const start = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64url').toString());
  const page = scanned.slice(start, start + MaxResults);
  const ascending = [...page].sort((a, b) => all.indexOf(a) - all.indexOf(b));
  const end = start + page.length;
  return {
    InitialContactId: contact.id,
    Transcript: (SortOrder === 'ASCENDING' ? ascending : ascending.reverse()).map((item) => ({
      ...item,
      ContactId: contact.id,
    })),
    NextToken: end < scanned.length ? Buffer.from(String(end)).toString('base64url') : undefined,
  };
}

function leave(desk: ContactDesk, { contact, participant }: Seat): void {
  desk.setParticipant(contact.id, participant.id, 'left');
  desk.append(contact.id, { Type: 'EVENT', ContentType: EVENT.left, ...from(participant) });
  // An agent ends the chat for all; a customer, unless an agent is there to end it.
  if (participant.role === 'CUSTOM_BOT') desk.live(contact.id).tell('BotParticipantDisconnected');
  else if (participant.role === 'AGENT') desk.end(contact.id, 'AGENT_DISCONNECT');
  else if (contact.agent === undefined) desk.end(contact.id, 'CUSTOMER_DISCONNECT');
}

import {
  ConnectClient,
  CreateParticipantCommand,
  StartChatContactCommand,
  StartContactStreamingCommand,
  UpdateContactAttributesCommand,
} from '@aws-sdk/client-connect';
import {
  ConnectParticipantClient,
  CreateParticipantConnectionCommand,
  DisconnectParticipantCommand,
  GetTranscriptCommand,
  type Item,
  SendMessageCommand,
} from '@aws-sdk/client-connectparticipant';
import { isNamed } from '../provisioning/aws-errors.ts';
import type { ChatItem } from './chat-message.ts';
import { clientUuid } from './client-uuid.ts';
import { idOf, instanceIdOf } from './connect-api.ts';
import { ChatOver, type ConnectChats } from './connect-chats.ts';

const TEXT = 'text/plain';
/** Most items of a page (Connect Participant API, GetTranscript). */
const PAGE_ITEMS = 100;

/** Chats by the SDK; what is said in them goes to the topic. */
export const connectChats = (
  { CONNECT_CHAT_TOPIC_ARN }: { readonly CONNECT_CHAT_TOPIC_ARN: string },
  connect: ConnectClient = new ConnectClient({ maxAttempts: 4 }),
  participants: ConnectParticipantClient = new ConnectParticipantClient({ maxAttempts: 4 }),
): ConnectChats => ({
  stream: async (instanceArn, ContactId) => {
    const command = new StartContactStreamingCommand({
      InstanceId: instanceIdOf(instanceArn),
      ContactId,
      ChatStreamingConfiguration: { StreamingEndpointArn: CONNECT_CHAT_TOPIC_ARN },
      ClientToken: clientUuid('stream', ContactId),
    });
    await connect.send(command);
  },
  addBot: async (instanceArn, ContactId, DisplayName) => {
    const command = new CreateParticipantCommand({
      InstanceId: instanceIdOf(instanceArn),
      ContactId,
      ParticipantDetails: { ParticipantRole: 'CUSTOM_BOT', DisplayName: DisplayName.slice(0, 256) },
      ClientToken: clientUuid('bot', ContactId),
    });
    const { ParticipantCredentials } = await connect.send(command);
    return required(ParticipantCredentials?.ParticipantToken);
  },
  connect: async (ParticipantToken) => {
    const command = new CreateParticipantConnectionCommand({
      ParticipantToken,
      Type: ['CONNECTION_CREDENTIALS'],
      ConnectParticipant: true,
    });
    const { ConnectionCredentials } = await ending(participants.send(command));
    return required(ConnectionCredentials?.ConnectionToken);
  },
  send: async (ConnectionToken, Content, ClientToken) => {
    await ending(
      participants.send(new SendMessageCommand({ ConnectionToken, Content, ContentType: TEXT, ClientToken })),
    );
  },
  transcript: async (ConnectionToken, contactId) => {
    const items: Item[] = [];
    let NextToken: string | undefined;
    do {
      const page = { ConnectionToken, MaxResults: PAGE_ITEMS, NextToken };
      const command = new GetTranscriptCommand({ ...page, ScanDirection: 'BACKWARD', SortOrder: 'DESCENDING' });
      const answer = await ending(participants.send(command));
      items.push(...(answer.Transcript ?? []));
      ({ NextToken } = answer);
    } while (NextToken !== undefined);
    // The contact is named where a chat goes on from an earlier one, whose items come, too.
    return items
      .filter(({ ContactId = contactId }) => ContactId === contactId)
      .reverse()
      .flatMap(chatItems);
  },
  leave: async (ConnectionToken) => {
    try {
      await ending(participants.send(new DisconnectParticipantCommand({ ConnectionToken })));
    } catch (error) {
      if (!(error instanceof ChatOver)) throw error;
    }
  },
  setAttributes: async (instanceArn, InitialContactId, attributes) => {
    const InstanceId = instanceIdOf(instanceArn);
    await connect.send(
      new UpdateContactAttributesCommand({ InstanceId, InitialContactId, Attributes: { ...attributes } }),
    );
  },
  start: async ({ contactFlowArn, displayName, text, attributes, token }) => {
    const command = new StartChatContactCommand({
      InstanceId: instanceIdOf(contactFlowArn),
      ContactFlowId: idOf(contactFlowArn),
      ParticipantDetails: { DisplayName: displayName.slice(0, 256) },
      InitialMessage: { ContentType: TEXT, Content: text },
      Attributes: { ...attributes },
      SupportedMessagingContentTypes: [TEXT],
      ClientToken: token,
    });
    const { ContactId, ParticipantToken } = await connect.send(command);
    return { contactId: required(ContactId), participantToken: required(ParticipantToken) };
  },
});

/** None of what has no id; a file's name stands for the file, which the transcript has no content of. */
const chatItems = ({ Id, Type, ContentType, Content, Attachments, ...item }: Item): ChatItem[] => {
  if (Id === undefined || Type === undefined) return [];
  const content = Content ?? Attachments?.[0]?.AttachmentName;
  return [{ ...item, Id, Type, ContentType: ContentType ?? '', Content: content }];
};

const required = (value: string | undefined): string => {
  if (value === undefined) throw new Error('Amazon Connect gave no token.');
  return value;
};

const ending = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
  try {
    return await answer;
  } catch (error) {
    if (isNamed(error, 'AccessDeniedException', 'ResourceNotFoundException')) throw new ChatOver(error);
    throw error;
  }
};

import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { CustomerId } from '../customers/customer.ts';
import { documentClient, isConditionFailure } from '../kernel/document-dynamodb.ts';
import type { ConnectContact, ContactStore } from './contact-store.ts';

const contactKey = (contactId: string) => ({ conversationKey: `contact#${contactId}`, turn: 0 });
const customerKey = ({ userId, agentId, customerId }: { userId: string; agentId: string; customerId: CustomerId }) => ({
  conversationKey: `contact-of#${userId}#${agentId}#${customerId}`,
  turn: 0,
});
const messageKey = (messageId: string) => ({ conversationKey: `contact-message#${messageId}`, turn: 0 });

const ABSENT = 'attribute_not_exists(conversationKey)';
const unlessThere = (error: unknown): false => {
  if (isConditionFailure(error)) return false;
  throw error;
};

/** Chats in the table of conversations, which forgets them by their time. */
export const dynamoContactStore = (
  { CONVERSATIONS_TABLE: TableName }: { readonly CONVERSATIONS_TABLE: string },
  client: DynamoDBDocumentClient = documentClient(),
): ContactStore => ({
  find: async (contactId) => {
    const { Item } = await client.send(new GetCommand({ TableName, Key: contactKey(contactId), ConsistentRead: true }));
    return Item?.contact as ConnectContact | undefined;
  },
  add: async (contact) => {
    const { contactId, expiresAt } = contact;
    const Item = { ...contactKey(contactId), contact, expiresAt };
    await client.send(new PutCommand({ TableName, Item, ConditionExpression: ABSENT })).catch(unlessThere);
  },
  put: async (contact) => {
    const { expiresAt, contactId, customerId, userId, agentId } = contact;
    await client.send(new PutCommand({ TableName, Item: { ...contactKey(contactId), contact, expiresAt } }));
    if (customerId === undefined) return;
    const key = customerKey({ userId, agentId, customerId });
    await client.send(new PutCommand({ TableName, Item: { ...key, contactId, expiresAt } }));
  },
  findOfCustomer: async (customer) => {
    const { Item } = await client.send(new GetCommand({ TableName, Key: customerKey(customer), ConsistentRead: true }));
    return Item?.contactId as string | undefined;
  },
  end: async ({ contactId, userId, agentId, customerId, expiresAt }) => {
    const Item = { ...contactKey(contactId), hasEnded: true, expiresAt };
    await client.send(new PutCommand({ TableName, Item }));
    if (customerId === undefined) return;
    await client.send(new DeleteCommand({ TableName, Key: customerKey({ userId, agentId, customerId }) }));
  },
  hasEnded: async (contactId) => {
    const { Item } = await client.send(new GetCommand({ TableName, Key: contactKey(contactId), ConsistentRead: true }));
    return Item?.hasEnded === true;
  },
  claimMessage: async (messageId, expiresAt) => {
    const Item = { ...messageKey(messageId), expiresAt };
    const command = new PutCommand({ TableName, Item, ConditionExpression: ABSENT });
    return client.send(command).then(() => true, unlessThere);
  },
  forgetMessage: async (messageId) => {
    await client.send(new DeleteCommand({ TableName, Key: messageKey(messageId) }));
  },
});

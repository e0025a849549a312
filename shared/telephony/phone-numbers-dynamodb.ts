import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { documentClient, isConditionFailure } from '../kernel/document-dynamodb.ts';
import { NOBODY, type PhoneNumber } from './phone-number.ts';
import { numberOfRow, rowOfNumber } from './phone-number-rows.ts';
import type { PhoneNumberStore } from './phone-number-store.ts';

/** Name of the index that lists a tenant's numbers. */
const NUMBERS_BY_USER = 'userId-index';
/** DynamoDB's limit for one batch. */
const BATCH_SIZE = 100;

/** Nothing else is under way with the number. */
const AT_REST = '(attribute_not_exists(pending) OR pending = :pointing)';
/** The number is the tenant's, or can be. */
const TO_BE_HAD = '(userId = :user OR userId = :nobody)';
const UNUSED = 'attribute_not_exists(agentId) AND attribute_not_exists(outboundAgentIds)';
/** Channels bring and take their own numbers. A row from before numbers had origins is the stage's. */
const NOT_OF_CHANNEL = '(attribute_not_exists(origin) OR origin <> :channel)';
const UNCHANGED = 'userId = :user AND (revision = :revision OR attribute_not_exists(revision))';
const NEXT_REVISION = 'revision = if_not_exists(revision, :zero) + :one';

/** Numbers in DynamoDB. */
export const dynamoPhoneNumberStore = (
  { PHONE_NUMBERS_TABLE: TableName }: { readonly PHONE_NUMBERS_TABLE: string },
  client: DynamoDBDocumentClient = documentClient(),
): PhoneNumberStore => {
  const update = updating(TableName, client);
  return {
    ...dynamoPhoneNumberReader({ PHONE_NUMBERS_TABLE: TableName }, client),
    ...claiming(TableName, client),
    add: (number) =>
      unlessRefused(
        client.send(
          new PutCommand({
            TableName,
            Item: rowOfNumber(number),
            ConditionExpression: 'attribute_not_exists(phoneNumber)',
          }),
        ),
      ),
    assign: ({ phoneNumber, userId, agentId, replaces = agentId, assignedAt }) =>
      update(
        phoneNumber,
        `SET userId = :user, agentId = :agent, assignedAt = :now, pending = :pointing, ${NEXT_REVISION} REMOVE #status`,
        `${TO_BE_HAD} AND ${AT_REST} AND ${NOT_OF_CHANNEL} AND (attribute_not_exists(agentId) OR agentId IN (:agent, :replaces))`,
        {
          ...values({
            user: userId,
            agent: agentId,
            replaces,
            now: assignedAt,
            pointing: 'pointing',
            channel: 'channel',
          }),
          ...values({ nobody: NOBODY, zero: 0, one: 1 }),
        },
      ),
    free: ({ phoneNumber, userId, agentId }) =>
      update(
        phoneNumber,
        `SET pending = :pointing, ${NEXT_REVISION} REMOVE agentId, assignedAt, #status`,
        `userId = :user AND agentId = :agent AND ${NOT_OF_CHANNEL}`,
        values({ user: userId, agent: agentId, pointing: 'pointing', channel: 'channel', zero: 0, one: 1 }),
      ),
    assignOutbound: ({ phoneNumber, userId, agentId }) =>
      update(
        phoneNumber,
        'SET userId = :user ADD outboundAgentIds :agents',
        `${TO_BE_HAD} AND ${AT_REST} AND ${NOT_OF_CHANNEL}`,
        values({
          user: userId,
          agents: new Set([agentId]),
          nobody: NOBODY,
          pointing: 'pointing',
          channel: 'channel',
        }),
      ),
    freeOutbound: ({ phoneNumber, userId, agentId }) =>
      update(
        phoneNumber,
        'DELETE outboundAgentIds :agents',
        'userId = :user',
        values({ user: userId, agents: new Set([agentId]) }),
      ),
    settle: ({ phoneNumber, revision }) =>
      update(
        phoneNumber,
        'SET revision = :revision REMOVE pending, #status',
        `(revision = :revision OR (attribute_not_exists(revision) AND :revision = :zero)) AND ${AT_REST}`,
        values({ revision, zero: 0, pointing: 'pointing' }),
      ),
    leave: async ({ phoneNumber, userId }) =>
      (await update(
        phoneNumber,
        'SET userId = :nobody',
        `userId = :user AND origin = :stage AND attribute_not_exists(pending) AND ${UNUSED}`,
        values({ user: userId, nobody: NOBODY, stage: 'stage' }),
      )) !== undefined,
    release: ({ phoneNumber, userId }) =>
      update(
        phoneNumber,
        'SET pending = :releasing',
        `userId = :user AND origin = :claimed AND ${UNUSED} AND (attribute_not_exists(pending) OR pending = :releasing)`,
        values({ user: userId, releasing: 'releasing', claimed: 'claimed' }),
      ),
    markVanished: async ({ phoneNumber, ...row }, vanishedAt) =>
      (await update(
        phoneNumber,
        'SET vanishedAt = if_not_exists(vanishedAt, :at)',
        UNCHANGED,
        values({ user: row.userId, revision: row.revision, at: vanishedAt }),
      )) !== undefined,
    markFound: async ({ phoneNumber, ...row }, providerId) =>
      (await update(
        phoneNumber,
        'SET numberSid = :id REMOVE vanishedAt',
        UNCHANGED,
        values({ user: row.userId, revision: row.revision, id: providerId }),
      )) !== undefined,
  };
};

type Reading = Pick<PhoneNumberStore, 'find' | 'findAll' | 'list'>;

/** What reads numbers: all that calls need. */
export const dynamoPhoneNumberReader = (
  { PHONE_NUMBERS_TABLE: TableName }: { readonly PHONE_NUMBERS_TABLE: string },
  client: DynamoDBDocumentClient = documentClient(),
): Reading => ({
  find: async (phoneNumber) =>
    numberOfRow((await client.send(new GetCommand({ TableName, Key: { phoneNumber }, ConsistentRead: true }))).Item),
  findAll: async (phoneNumbers) => {
    const found: PhoneNumber[] = [];
    let keys = [...new Set(phoneNumbers)].map((phoneNumber): Record<string, unknown> => ({ phoneNumber }));
    while (keys.length > 0) {
      const [now, later] = [keys.slice(0, BATCH_SIZE), keys.slice(BATCH_SIZE)];
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [TableName]: { Keys: now, ConsistentRead: true } } }),
      );
      found.push(...(Responses?.[TableName] ?? []).flatMap((row) => numberOfRow(row) ?? []));
      keys = [...(UnprocessedKeys?.[TableName]?.Keys ?? []), ...later];
    }
    return found;
  },
  list: async ({ userId, limit, after }) => {
    const page = await client.send(
      new QueryCommand({
        TableName,
        IndexName: NUMBERS_BY_USER,
        KeyConditionExpression: 'userId = :userId',
        ExpressionAttributeValues: { ':userId': userId },
        Limit: limit,
        ...(after === undefined ? {} : { ExclusiveStartKey: { userId, phoneNumber: after } }),
      }),
    );
    const last = page.LastEvaluatedKey?.phoneNumber as string | undefined;
    const numbers = (page.Items ?? []).flatMap((row) => numberOfRow(row) ?? []);
    return { numbers, ...(last === undefined ? {} : { last }) };
  },
});

/** The claim is still what it was begun as. */
const SAME_CLAIM = 'userId = :user AND claimId = :claim AND pending = :claiming';

type Claims = Pick<PhoneNumberStore, 'claimed' | 'forgetClaim' | 'remove'>;

const claiming = (TableName: string, client: DynamoDBDocumentClient): Claims => ({
  claimed: ({ phoneNumber, userId, claimId }, { providerId, capabilities, country, type, pending, claimedAt }) => {
    const told = { numberSid: providerId, capabilities, country, type, claimedAt };
    const known = Object.entries(told).filter(([, value]) => value !== undefined);
    return updating(TableName, client)(
      phoneNumber,
      `SET ${known.map(([name]) => `#${name} = :${name}`).join(', ')}${pending === undefined ? ' REMOVE pending' : ''}`,
      SAME_CLAIM,
      { ...values({ user: userId, claim: claimId, claiming: 'claiming' }), ...values(Object.fromEntries(known)) },
      Object.fromEntries(known.map(([name]) => [`#${name}`, name])),
    );
  },
  forgetClaim: ({ phoneNumber, userId, claimId }) =>
    unlessRefused(
      client.send(
        new DeleteCommand({
          TableName,
          Key: { phoneNumber },
          ConditionExpression: SAME_CLAIM,
          ExpressionAttributeValues: values({ user: userId, claim: claimId, claiming: 'claiming' }),
        }),
      ),
    ),
  remove: ({ phoneNumber, userId }) =>
    unlessRefused(
      client.send(
        new DeleteCommand({
          TableName,
          Key: { phoneNumber },
          ConditionExpression: 'userId = :user AND (userId = :nobody OR pending = :releasing OR origin = :channel)',
          ExpressionAttributeValues: values({
            user: userId,
            nobody: NOBODY,
            releasing: 'releasing',
            channel: 'channel',
          }),
        }),
      ),
    ),
});

const values = (named: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(named).map(([name, value]) => [`:${name}`, value]));

/** The number after the update; undefined when there is none, or the condition did not hold. */
const updating =
  (TableName: string, client: DynamoDBDocumentClient) =>
  async (
    phoneNumber: string,
    UpdateExpression: string,
    condition: string,
    ExpressionAttributeValues: Record<string, unknown>,
    names: Readonly<Record<string, string>> = {},
  ): Promise<PhoneNumber | undefined> => {
    const command = new UpdateCommand({
      TableName,
      Key: { phoneNumber },
      UpdateExpression,
      ConditionExpression: `attribute_exists(phoneNumber) AND ${condition}`,
      ExpressionAttributeValues,
      ...namesOf(UpdateExpression, names),
      ReturnValues: 'ALL_NEW',
    });
    return client.send(command).then(
      ({ Attributes }) => numberOfRow(Attributes),
      (error: unknown) => (isConditionFailure(error) ? undefined : Promise.reject(error)),
    );
  };

/** DynamoDB refuses names that nothing uses, and an empty list of them. */
const namesOf = (expression: string, names: Readonly<Record<string, string>>) => {
  const used = { ...(expression.includes('#status') ? { '#status': 'status' } : {}), ...names };
  return Object.keys(used).length === 0 ? {} : { ExpressionAttributeNames: used };
};

const unlessRefused = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
};

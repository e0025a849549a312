import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { AGENT_STATUSES, AGENT_TRANSITIONS, type Agent, type AgentTransition } from '../../shared/agents/agent.ts';
import { dynamoAgentStore } from '../../shared/agents/agents-dynamodb.ts';
import type { KnowledgeBase } from '../../shared/knowledge/knowledge-base.ts';

const KEY = { userId: 'ann', agentId: 'a1' } as unknown as Pick<Agent, 'userId' | 'agentId'>;
const client = mockClient(DynamoDBDocumentClient);
afterAll(() => client.restore());
const store = dynamoAgentStore(
  { AGENTS_TABLE: 'agents', KNOWLEDGE_BASES_TABLE: 'bases' },
  client as unknown as DynamoDBDocumentClient,
);
const inputOf = (index = 0) => client.call(index).args[0].input as Record<string, never>;

/** The expression with its placeholders filled in. */
const spelled = (input: Record<string, unknown>, name: string): string => {
  const names = input.ExpressionAttributeNames as Record<string, string>;
  const values = input.ExpressionAttributeValues as Record<string, unknown>;
  return String(input[name])
    .replaceAll(/#[a-z0-9]+/g, (token) => names[token] ?? token)
    .replaceAll(/:[a-z0-9]+/g, (token) => JSON.stringify(values[token]));
};

describe('the agents table', () => {
  beforeEach(() => client.reset());

  it.each(Object.keys(AGENT_TRANSITIONS) as AgentTransition[])(
    '%s is written only from its legal states',
    async (name) => {
      client.on(UpdateCommand).resolves({ Attributes: { ...KEY, listKey: 'a1', statusKey: 'x' } });
      await store.transition(KEY, name, {}, { now: 7, guard: { run: 2 } });
      const { from, to } = AGENT_TRANSITIONS[name];
      const standing =
        name === 'activate' || name === 'fallBack'
          ? `status=if_not_exists(restsIn,"${to}"),statusKey=if_not_exists(restsInKey,"${to}#a1")`
          : `status="${to}",statusKey="${to}#a1"`;
      const kept = name === 'update' ? ',restsIn=status,restsInKey=statusKey' : '';
      const forgotten = ['activate', 'fallBack', 'rebuild'].includes(name) ? ' REMOVE restsIn,restsInKey' : '';
      expect(spelled(inputOf(), 'UpdateExpression')).toBe(
        `SET ${standing}${kept},updatedAt=7,revision=revision+1${forgotten}`,
      );
      expect(spelled(inputOf(), 'ConditionExpression')).toBe(
        `status IN (${from.map((status) => `"${status}"`).join(',')}) AND provisioning.run=2`,
      );
    },
  );

  it('has no transition that leads out of "deleting" and none into an unknown status', () => {
    for (const { from, to } of Object.values(AGENT_TRANSITIONS)) {
      expect(AGENT_STATUSES).toContain(to);
      if ((from as readonly string[]).includes('deleting')) expect(to).toBe('deleting');
    }
  });

  it('gives the row that stood in the way of a write', async () => {
    client.on(UpdateCommand).rejects(new ConditionalCheckFailedException({ message: '', $metadata: {} }));
    client.on(GetCommand).resolves({ Item: { ...KEY, status: 'deleting', listKey: 'a1', statusKey: 'deleting#a1' } });
    expect(
      await store.recordStep(KEY, 1, { step: 'CheckCode', status: 'running', attempt: 1, startedAtMs: 1 }, { now: 1 }),
    ).toEqual({
      written: false,
      current: { ...KEY, status: 'deleting' },
    });
  });

  it('changes an agent and its knowledge base together or not at all', async () => {
    client.on(TransactWriteCommand).resolves({});
    client.on(GetCommand).resolves({ Item: { ...KEY } });
    const knowledge = {
      knowledgeBaseId: 'k1' as KnowledgeBase['knowledgeBaseId'],
      change: { files: { 'a.md': null } },
    };
    await store.update(
      KEY,
      { uploads: null, provisioning: { status: 'running' } },
      { now: 7, guard: { revision: 3 }, knowledge },
    );
    const [agent, base] = (inputOf().TransactItems as unknown as { Update: Record<string, unknown> }[]).map(
      ({ Update }) => Update,
    );
    expect(spelled(agent ?? {}, 'UpdateExpression')).toBe(
      'SET provisioning.status="running",updatedAt=7,revision=revision+1 REMOVE uploads',
    );
    expect(spelled(agent ?? {}, 'ConditionExpression')).toContain('revision=3');
    expect(spelled(base ?? {}, 'UpdateExpression')).toBe('SET updatedAt=7 REMOVE files.a.md');
  });

  it('tells an agent that exists from a table that fails', async () => {
    const canceled = (Code: string) =>
      new TransactionCanceledException({ message: '', $metadata: {}, CancellationReasons: [{ Code }] });
    client.on(TransactWriteCommand).rejects(canceled('ConditionalCheckFailed'));
    expect(await store.create({ ...KEY } as Agent, {} as KnowledgeBase)).toBe(false);
    client.on(TransactWriteCommand).rejects(canceled('ThrottlingError'));
    await expect(store.create({ ...KEY } as Agent, {} as KnowledgeBase)).rejects.toThrow(TransactionCanceledException);
  });

  it('lists by an index, newest first, from where the page before ended', async () => {
    client
      .on(QueryCommand)
      .resolves({ Items: [{ ...KEY, statusKey: 's', listKey: 'l' }], LastEvaluatedKey: { ...KEY } });
    const page = await store.list({ userId: KEY.userId, status: 'active', limit: 5, after: 'a9' as Agent['agentId'] });
    expect(page).toEqual({ agents: [{ ...KEY }], last: 'a1' });
    expect(inputOf()).toMatchObject({
      IndexName: 'userId-status-index',
      ScanIndexForward: false,
      Limit: 5,
      ExclusiveStartKey: { userId: 'ann', agentId: 'a9', statusKey: 'active#a9' },
    });
  });

  it('writes a hundred files within the 4 KB an expression may have', async () => {
    client.on(TransactWriteCommand).resolves({});
    client.on(GetCommand).resolves({ Item: { ...KEY } });
    const file = (path: string) => ({ path, sizeBytes: 1, contentType: 'text/plain', status: 'stored' as const });
    const files = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f/${i}.txt`, file(`f/${i}.txt`)]));
    await store.update(KEY, {}, { now: 1, knowledge: { knowledgeBaseId: 'k' as never, change: { files } } });
    const updates = inputOf().TransactItems as unknown as { Update: { UpdateExpression: string } }[];
    expect(updates[1]?.Update.UpdateExpression.length).toBeLessThan(4096);
  });
});

import * as z from 'zod';
import type { AgentStore } from '../agents/agent-store.ts';
import { agentPath } from '../agents/agent-views.ts';
import { requestedAgent } from '../agents/requested-agent.ts';
import { type CursorScope, openCursor, sealCursor } from '../http/cursor.ts';
import type { CursorKey } from '../http/cursor-key.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { type Clock, nowSeconds } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { agentBusy, agentNotFound, problem } from '../kernel/problems.ts';
import type { Ids } from '../kernel/real-dependencies.ts';
import { type ApiKey, ApiKeyId, hashOfSecret, keyFromSecret, MAX_KEYS_PER_AGENT, visibleParts } from './api-key.ts';
import type { ApiKeyStore } from './api-key-store.ts';
import { apiKeyView } from './api-key-views.ts';

export const ManageApiKeysEnv = z.object({ AGENTS_TABLE: text, API_KEYS_TABLE: text, CURSOR_SECRET_ARN: text });

export interface ManageApiKeysDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly apiKeys: Pick<ApiKeyStore, 'insert' | 'list' | 'remove'>;
  readonly cursorKey: CursorKey;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'inOrder' | 'secret'>;
}

const SECONDS_PER_DAY = 86_400;

/** Makes a key of an agent. The answer is the only place where the key itself ever stands. */
export const createApiKey =
  ({ agents, apiKeys, clock, ids }: Omit<ManageApiKeysDeps, 'cursorKey'>) =>
  async (request: RequestOf<'createApiKey'>): Promise<ApiAnswer> => {
    const { userId, agentId, status } = await requestedAgent({ agents }, request);
    if (status === 'deleting') throw agentBusy(status, 'create an API key');
    const { name, scopes, expiresInDays } = request.body;
    const now = nowSeconds(clock);
    const key = keyFromSecret(ids.secret());
    const row: ApiKey = {
      keyHash: hashOfSecret(key),
      keyId: ApiKeyId.parse(ids.inOrder()),
      userId,
      agentId,
      name,
      scopes,
      ...visibleParts(key),
      createdAt: now,
      ...(expiresInDays === undefined ? {} : { expiresAt: now + expiresInDays * SECONDS_PER_DAY }),
    };
    const outcome = await apiKeys.insert(row, { now, most: MAX_KEYS_PER_AGENT });
    if (outcome === 'agent-gone') throw agentNotFound(agentId);
    if (outcome === 'full') {
      throw problem('too-many-api-keys', `An agent has at most ${MAX_KEYS_PER_AGENT} API keys: delete one first.`);
    }
    const location = `${agentPath(request, agentId)}/api-keys/${row.keyId}`;
    return { status: 201, headers: { location }, body: { ...apiKeyView(row), key } };
  };

type ListRequest = RequestOf<'listApiKeys'>;

/** A page of an agent's keys, newest first, without the keys themselves. */
export const listApiKeys =
  ({ agents, apiKeys, cursorKey }: Pick<ManageApiKeysDeps, 'agents' | 'apiKeys' | 'cursorKey'>) =>
  async (request: ListRequest): Promise<ApiAnswer> => {
    const agent = await requestedAgent({ agents }, request);
    const { limit, cursor } = request.query;
    const scope: CursorScope = { userId: request.userId, operation: 'listApiKeys', filter: agent.agentId };
    const after = cursor === undefined ? undefined : ApiKeyId.parse(openCursor(await cursorKey.read(), scope, cursor));
    const page = await apiKeys.list({ agent, limit, ...(after === undefined ? {} : { after }) });
    const nextCursor = page.last === undefined ? null : sealCursor(await cursorKey.read(), scope, page.last);
    return { status: 200, body: { apiKeys: page.keys.map(apiKeyView), nextCursor } };
  };

/** A key that is not there is deleted, too: repeating is harmless. */
export const deleteApiKey =
  ({ agents, apiKeys }: Pick<ManageApiKeysDeps, 'agents' | 'apiKeys'>) =>
  async (request: RequestOf<'deleteApiKey'>): Promise<ApiAnswer> => {
    const agent = await requestedAgent({ agents }, request);
    const keyId = ApiKeyId.safeParse(request.params.keyId?.toLowerCase());
    if (keyId.success) await apiKeys.remove(agent, keyId.data);
    return { status: 204 };
  };

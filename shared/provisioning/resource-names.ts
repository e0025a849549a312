import { createHash } from 'node:crypto';
import type { AgentKey } from '../agents/agent-store.ts';

/** The qualifier callers invoke. It moves to a new runtime version only at activation. */
export const LIVE_ENDPOINT = 'live';

/** Name of an agent's Bedrock knowledge base, of its data source and of its vector index. */
export const knowledgeName = (prefix: string, agentId: string): string => `${prefix}-${agentId}`;

/** AgentCore allows letters, digits and `_`, 48 in all. */
export const runtimeName = (stage: string, agentId: string): string => `o_${stage}_${agentId.replaceAll('-', '')}`;

/** IAM allows 64 characters. */
export const roleName = (prefix: string, agentId: string): string => `${prefix}-agent-${agentId}`;

/** Where everything of an agent lives, in both buckets. */
export const agentPrefix = ({ userId, agentId }: AgentKey): string => `${userId}/${agentId}/`;

/** A client token (64 hexadecimal digits; the services ask for 33 or more): the same parts always give the same one. */
export const clientToken = (...parts: readonly (string | number)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** Most builds of one run; the AgentCreator hears the findings of each rejected one. */
export const MAX_BUILD_ATTEMPTS = 3;

interface BuildKey {
  readonly agentId: string;
  readonly version: number;
  readonly run: number;
  readonly attempt: number;
}

/** Names a build; also the AgentCore session it runs in, so that an attempt that hangs does not harm the next. */
export const buildId = ({ agentId, version, run, attempt }: BuildKey): string =>
  `${agentId}-v${version}-r${run}-a${attempt}`;

export type ResourceType = 'knowledge-file' | 'generated-code' | 'knowledge-base' | 'agent-runtime' | 'agent-role';

/** The tags of everything made for an agent. */
export const resourceTags = (
  { userId, agentId }: AgentKey,
  environment: string,
  resourceType: ResourceType,
): Record<string, string> => ({ userId, agentId, platform: 'oratio', environment, resourceType });

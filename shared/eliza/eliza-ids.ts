import { createHash } from 'node:crypto';
import type { ChannelType } from '../channels/channel.ts';
import type { AgentId } from '../kernel/ids.ts';

/** Ours alone, drawn once at random: nobody else's names fall upon the same ids. */
const NAMESPACE = Buffer.from('6b0ec0a2f3c84c2b9c1d5d0e8a7f4b13', 'hex');

/**
 * The ElizaOS agent that answers a channel of an agent. Never left to the server: it would make the id of the name, and
 * give a second agent of the same name the first one's.
 */
export const elizaAgentId = (agentId: AgentId, channelType: ChannelType): string =>
  uuidV5(NAMESPACE, `agent#${agentId}#${channelType}`);

/** A customer to ElizaOS, which takes nothing but UUIDs; says nothing about who it is. */
export const elizaUserId = (agentId: AgentId, sessionId: string): string =>
  uuidV5(NAMESPACE, `user#${agentId}#${sessionId}`);

/** RFC 9562 §5.5: SHA-1 of namespace and name, with version and variant. */
export const uuidV5 = (namespace: Uint8Array, name: string): string => {
  const bytes = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16);
  bytes[6] = 0x50 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

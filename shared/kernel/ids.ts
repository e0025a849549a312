import * as z from 'zod';

/** The Cognito `sub` of the tenant's user; the only source of tenancy. */
export const UserId = z.string().min(1).max(128).brand<'UserId'>();
export type UserId = z.output<typeof UserId>;

/** UUID version 7: sorts by creation time, so a key query lists agents in order. */
export const AgentId = z.uuid().brand<'AgentId'>();
export type AgentId = z.output<typeof AgentId>;

/** Oratio's own id of a knowledge base (not the Bedrock id). */
export const KnowledgeBaseId = z.uuid().brand<'KnowledgeBaseId'>();
export type KnowledgeBaseId = z.output<typeof KnowledgeBaseId>;

/** One conversation of a customer with an agent; chosen by the client or by us. AgentCore demands 33 characters or more, see `runtimeSessionId`. */
export const SessionId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,128}$/)
  .brand<'SessionId'>();
export type SessionId = z.output<typeof SessionId>;

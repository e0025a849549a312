import * as z from 'zod';
import type { ChatMessage, ToolUse } from '../voice/engines/cascade/ports.ts';
import type { ToolDefinition } from '../voice/engines/speech-engine.ts';
import { AgentMindSchema } from './agent-mind-schema.ts';
import { FailureSchema } from './provider-failure.ts';

const ToolUseSchema = z.object({
  toolUseId: z.string(),
  name: z.string(),
  input: z.unknown(),
}) satisfies z.ZodType<ToolUse>;

const MessageSchema = z.discriminatedUnion('role', [
  z.object({ role: z.literal('user'), text: z.string() }),
  z.object({ role: z.literal('note'), text: z.string() }),
  z.object({ role: z.literal('assistant'), text: z.string(), toolUses: z.array(ToolUseSchema) }),
  z.object({
    role: z.literal('tool'),
    results: z.array(z.object({ toolUseId: z.string(), content: z.unknown() })),
  }),
]) satisfies z.ZodType<ChatMessage>;

const ToolSchema = z.object({
  name: z.string(),
  description: z.string(),
  inputSchema: z.record(z.string(), z.unknown()),
}) satisfies z.ZodType<ToolDefinition>;

/** One round of a mind that an agent's owner has chosen, as `speak-to-provider` is asked for it. */
export const AskRequest = z.object({
  type: z.literal('ask'),
  /** The tenant whose key it is. */
  userId: z.string().min(1),
  mind: AgentMindSchema,
  system: z.string(),
  messages: z.array(MessageSchema),
  tools: z.array(ToolSchema),
  maxTokens: z.int().positive().max(4096),
  /** For everything, waiting for a service that has no room included. */
  timeoutMs: z.int().positive().max(25_000),
});
export type AskRequest = z.output<typeof AskRequest>;

/** What the mind wrote, or why it did not. */
export const AskAnswer = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('answered'),
    text: z.string(),
    toolUses: z.array(ToolUseSchema),
    inputTokens: z.number(),
    outputTokens: z.number(),
  }),
  z.object({ outcome: z.literal('failed'), failure: FailureSchema }),
]);
export type AskAnswer = z.output<typeof AskAnswer>;

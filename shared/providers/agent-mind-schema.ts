import * as z from 'zod';
import { LanguageModel } from '../voice/voice-settings.ts';
import type { AgentMind } from './agent-mind.ts';

/** An `AgentMind` as a runtime and `speak-to-provider` are given it. */
export const AgentMindSchema = z.object({
  llm: LanguageModel,
  sealedKey: z.string().optional(),
}) satisfies z.ZodType<AgentMind>;

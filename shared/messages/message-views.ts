import * as z from 'zod';
import { AgentAnswerSchema } from './answer-schemas.ts';

/** Answer of `POST /agents/{agentId}/messages`. */
export const MessageAnswerView = AgentAnswerSchema.extend({ sessionId: z.string() }).meta({ id: 'MessageAnswer' });

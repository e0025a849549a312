import * as z from 'zod';
import { AgentSummaryView } from '../agents/agent-view-schemas.ts';
import { PROVIDER_PARTS } from './provider-names.ts';

/** One part of an agent as it is in force; null where the provider has no such thing, or its default holds. */
export const ProviderPartView = z
  .strictObject({
    provider: z.string(),
    model: z.string().nullable(),
    voice: z.string().nullable(),
    sampleRateHertz: z.int().nullable(),
    apiUrl: z.string().nullable(),
    completionsPath: z.string().nullable(),
    path: z.string().nullable(),
    keyLastFour: z.string().nullable().meta({ description: 'Of the key we keep for it; null: there is none.' }),
  })
  .meta({ id: 'ProviderPart' });

/** Answer of `GET` and `PUT /agents/{agentId}/providers`. */
export const ProvidersView = z
  .strictObject({
    agentId: z.uuid(),
    speech: ProviderPartView,
    llm: ProviderPartView,
    tts: ProviderPartView,
    stt: ProviderPartView,
  })
  .meta({ id: 'Providers' });

/** Answer of `POST /providers/test`: what the provider said, as far as we could hear it. */
export const ProviderHeardView = z
  .strictObject({
    part: z.enum(PROVIDER_PARTS),
    provider: z.string(),
    model: z.string().nullable(),
    said: z.string().meta({ description: 'What it was given: a question, a text to speak, or words spoken to it.' }),
    heard: z.string().meta({ description: 'Its words; of a voice, what came as sound.' }),
    audio: z
      .strictObject({
        sampleRateHertz: z.int(),
        durationMs: z.int(),
        loudnessDb: z.number().meta({ description: 'Below full scale; -100 is silence.' }),
      })
      .nullable(),
    firstMs: z.int().meta({ description: 'Until the first word or sound came.' }),
    totalMs: z.int(),
  })
  .meta({ id: 'ProviderHeard' });

/** Answer of `POST /agents/{agentId}/set-default` and `GET /agents/current`. */
export const CurrentAgentView = AgentSummaryView.extend({
  isDefault: z.boolean().meta({ description: 'False: nobody has chosen one, and this is the newest.' }),
}).meta({ id: 'CurrentAgent' });

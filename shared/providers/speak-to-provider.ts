import * as z from 'zod';
import { text } from '../kernel/env.ts';
import { type AskMindDeps, askMind } from './ask-mind.ts';
import { type AskAnswer, AskRequest } from './asked-mind.ts';
import type { ProbeAnswer } from './probe-outcome.ts';
import { type ProbeProviderDeps, ProbeRequest, probeProvider } from './probe-provider.ts';
import { ADDRESS_POLICIES } from './safe-address.ts';

export const SpeakToProviderEnv = z.object({
  SPEECH_MODEL_ID: text,
  AGENT_MODEL_ID: text,
  /** Where services of tenants may be. */
  PROVIDER_ADDRESSES: z.enum(ADDRESS_POLICIES),
});

/** What it is asked: a trial of `test-provider`, or a round of an agent's own mind. */
const Request = z.discriminatedUnion('type', [ProbeRequest, AskRequest]);

export type SpeakToProviderDeps = ProbeProviderDeps & AskMindDeps;

/**
 * Speaks to services of tenants for others: whoever dials addresses that tenants name has no right to tables or secrets,
 * and whoever runs generated code sees no key.
 */
export const speakToProvider =
  (deps: SpeakToProviderDeps) =>
  async (event: unknown): Promise<ProbeAnswer | AskAnswer> => {
    const request = Request.parse(event);
    return request.type === 'probe' ? probeProvider(deps)(request) : askMind(deps)(request);
  };

import { setTimeout as sleep } from 'node:timers/promises';
import { makeSpeech } from '../../../local/speech/index.ts';
import type { Speech } from '../../../local/speech/speech.ts';
import { textOnlySpeech } from '../../../local/speech/text-only.ts';
import { type AgentBody, Api } from './api.ts';
import { BIKE_SHOP, formOf } from './business.ts';
import { type Harness, startHarness } from './harness.ts';

export type Transport = 'relay' | 'direct';
export const TRANSPORTS = ['relay', 'direct'] as const;

/** What `POST /voice-tickets` gives. */
export interface Ticket {
  readonly ticket: string;
  readonly webSocketUrl: string;
  readonly transport: Transport;
  readonly callId?: string;
}

/** The whole product with an agent that has a voice. */
export interface TalkHarness extends Harness {
  readonly speech: Speech;
  /** Of the tenant that has the agent. */
  readonly api: Api;
  readonly agentId: string;
  readonly webSocketUrl: string;
  readonly newTicket: (transport: Transport) => Promise<Ticket>;
  /** The record of a call, when it is as wanted; the test's own time limit ends a wait for what never comes. */
  readonly recordWhen: (callId: string, done: (record: CallBody) => boolean) => Promise<CallBody>;
}

export interface CallBody {
  readonly callId: string;
  readonly status: string;
  readonly endReason: string | null;
  readonly transcript: readonly {
    readonly turn: number;
    readonly role: string;
    readonly text: string;
    readonly interrupted: boolean;
  }[];
  readonly tools: readonly { readonly name: string; readonly status: string }[];
  readonly cost: { readonly total: { readonly microUsd: number } };
  readonly [field: string]: unknown;
}

type HarnessOptions = Parameters<typeof startHarness>[0];

/** A workshop that answers the phone too. */
export const voiceForm = (agentType = 'both'): FormData => formOf(BIKE_SHOP, { fields: { agentType } });

/** Models that cannot be had are a failed test, not a silent one. */
export async function realSpeech(): Promise<Speech> {
  const speech = await makeSpeech({ log: () => undefined });
  if (speech.mode === 'text-only') throw new Error('The speech models could not be fetched.');
  return speech;
}

/** Text-only ears and mouth unless `speech` is given; the bicycle workshop unless `form` is. */
export async function startTalk(options: HarnessOptions & { readonly form?: FormData } = {}): Promise<TalkHarness> {
  const { form = voiceForm(), speech = textOnlySpeech(), ...rest } = options;
  const harness = await startHarness({ ...rest, speech });
  try {
    const api = new Api(harness.cloud.apiUrl, await harness.tokenOf('talker'));
    const agentId = await createAgent(api, form);
    const webSocketUrl = harness.cloud.webSocketUrl;
    if (webSocketUrl === undefined) throw new Error('The template has no WebSocket API.');
    return {
      ...harness,
      speech,
      api,
      agentId,
      webSocketUrl,
      newTicket: async (transport) => {
        const { body, status } = await api.request<Ticket>('POST', '/api/v1/voice-tickets', { agentId, transport });
        if (status !== 201) throw new Error(`No ticket: ${JSON.stringify(body)}`);
        return body;
      },
      recordWhen: (callId, done) => recordWhen(api, callId, done),
    };
  } catch (error) {
    await harness.stop();
    throw error;
  }
}

/** Creates an agent and waits until it is active. */
export async function createAgent(api: Api, form: FormData = voiceForm()): Promise<string> {
  const { body, status } = await api.request('POST', '/api/v1/agents', form);
  if (status !== 202) throw new Error(`No agent: ${JSON.stringify(body)}`);
  const settled = (agent: AgentBody) => agent.status === 'active' || agent.status === 'failed';
  const agent = await api.agentWhen(String(body.agentId), settled);
  if (agent.status === 'failed') throw new Error(`The agent failed: ${JSON.stringify(agent.statusReason)}`);
  return agent.agentId;
}

/** The record of a call once it is as wanted. */
export async function recordWhen(api: Api, callId: string, done: (record: CallBody) => boolean): Promise<CallBody> {
  for (;;) {
    const { body, status } = await api.request<CallBody>('GET', `/api/v1/calls/${callId}`);
    if (status === 200 && done(body)) return body;
    await sleep(150);
  }
}

export const isOver = ({ status }: CallBody): boolean => status === 'completed' || status === 'failed';

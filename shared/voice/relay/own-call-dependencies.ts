import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import type { AgentKey } from '../../agents/agent-store.ts';
import { dynamoAgentStore } from '../../agents/agents-dynamodb.ts';
import { dynamoCallStore } from '../../calls/calls-dynamodb.ts';
import { summariesOf } from '../../customers/summary-dependencies.ts';
import { lambdaAwsContext } from '../../kernel/aws-context.ts';
import { AgentId, UserId } from '../../kernel/ids.ts';
import { jsonLog } from '../../kernel/log.ts';
import { randomIds } from '../../kernel/real-dependencies.ts';
import { versionCache } from '../../kernel/version-cache.ts';
import { behindCallTelling } from '../../live/call-telling.ts';
import { agentMinds } from '../../providers/agent-mind.ts';
import { kmsSealing } from '../../providers/key-seal-kms.ts';
import { providerNetwork } from '../../providers/provider-network.ts';
import { twilioAccountOf } from '../../telephony/twilio-account-secrets-manager.ts';
import { twilioApi } from '../../telephony/twilio-api.ts';
import { callEngines } from '../engines/call-engines.ts';
import type { EngineDependencies, KeyPurpose } from '../engines/engines.ts';
import { EngineError } from '../engines/speech-engine.ts';
import type { CallBriefing } from '../keeper/call-keeper.ts';
import { callMemoryOf } from '../keeper/call-memory-dependencies.ts';
import { lambdaOwnerSummoner } from '../keeper/owner-summoner-lambda.ts';
import { sessionKeeper } from '../keeper/session-keeper.ts';
import type { AgentSelf } from '../session/agent-brain.ts';
import { runVoiceSession } from '../session/run-voice-session.ts';
import type { KeyedProvider, ProviderKeys } from '../settings/provider-keys.ts';
import { secretsManagerProviderKeys } from '../settings/provider-keys-secrets-manager.ts';
import { dynamoTicketStore } from '../stores/connections-dynamodb.ts';
import { dynamoSessionStore } from '../stores/sessions-dynamodb.ts';
import { agentCoreBrain } from './agent-brain-agentcore.ts';
import { relayCarriage } from './call-pricing.ts';
import { apiGatewayConnections } from './connections-apigateway.ts';
import { rememberingBrain } from './known-agents.ts';
import type { OwnCallDeps, Voices } from './own-call.ts';
import { dialWebSocket } from './owner-socket-ws.ts';
import { s3Recordings } from './recordings-s3.ts';
import { systemSessionClock } from './system-session-clock.ts';
import type { VoiceSessionEnv } from './voice-session-env.ts';

type Env = z.output<typeof VoiceSessionEnv>;

/** A prompt has up to a hundred kilobytes. */
const AGENTS_REMEMBERED = 100;

/** What owning a call needs. */
export const ownCallDependencies = (env: Env): OwnCallDeps => {
  const clock = systemSessionClock();
  const telling = behindCallTelling(env);
  const sessions = telling.told(dynamoSessionStore(env));
  const owners = lambdaOwnerSummoner(env);
  const agents = dynamoAgentStore(env);
  const selves = versionCache<AgentSelf>(AGENTS_REMEMBERED);
  const keys = secretsManagerProviderKeys(env);
  const minds = agentMinds({ providerKeys: keys, seal: kmsSealing(env) });
  const memory = callMemoryOf(env, summariesOf(env));
  return {
    sessions,
    tickets: dynamoTicketStore(env),
    sockets: apiGatewayConnections(env.WEBSOCKET_URL),
    keeper: (claim) =>
      sessionKeeper({ sessions, owners, agents, clock, secret: randomIds.secret, memory, feed: telling.feed }, claim),
    dial: (ticket, events) => dialWebSocket(`${env.WEBSOCKET_URL}?owner=${encodeURIComponent(ticket)}`, events),
    recordings: { ...s3Recordings(env), note: dynamoCallStore(env).addRecording },
    telephone: telephoneOf(env),
    voices: () => voicesOf(env, clock, keys),
    brain: (briefing) => {
      const brain = agentCoreBrain(briefing, lambdaAwsContext(), () => minds.of(mindOwner(briefing)));
      return rememberingBrain(brain, selves, briefing);
    },
    run: async (session) => {
      const outcome = await runVoiceSession(session);
      await telling.settle();
      return outcome;
    },
    clock,
    secret: randomIds.secret,
    log: jsonLog,
  };
};

/** Whose language model answers a call's questions: that of its settings. */
const mindOwner = ({ userId, agentId, settings }: CallBriefing) => ({
  userId: UserId.parse(userId),
  agentId: AgentId.parse(agentId),
  voice: settings,
});

/** Which of an agent's keys a part of a call is opened with. */
const KEY_OF: Readonly<Record<KeyPurpose, KeyedProvider>> = {
  'openai-realtime': 'openai',
  'cascade-stt': 'stt',
  'cascade-llm': 'llm',
  'cascade-tts': 'tts',
};

/** The engines of one call, and what it costs over the relay. */
const voicesOf = (env: Env, clock: OwnCallDeps['clock'], keys: Pick<ProviderKeys, 'read'>): Voices => {
  const { engines, ofUsage } = callEngines((briefing) => engineDependencies(env, clock, keys, briefing), clock.now);
  return { engines, pricing: (direction) => ({ ofUsage, ofCarriage: relayCarriage(direction, clock.now) }) };
};

const engineDependencies = (
  env: Env,
  clock: OwnCallDeps['clock'],
  keys: Pick<ProviderKeys, 'read'>,
  { userId, agentId }: CallBriefing,
): EngineDependencies => {
  const agent: AgentKey = { userId: UserId.parse(userId), agentId: AgentId.parse(agentId) };
  return {
    clock,
    id: randomUUID,
    apiKey: async (purpose) => {
      const key = (await keys.read(agent))[KEY_OF[purpose]];
      if (key === undefined) throw new EngineError('denied', `The agent has no key for ${KEY_OF[purpose]}.`);
      return key;
    },
    defaultTextModelId: env.AGENT_MODEL_ID,
    sonicModelId: env.SPEECH_MODEL_ID,
    network: providerNetwork(env.PROVIDER_ADDRESSES),
  };
};

/** A call without the provider's id ends with its stream. */
const telephoneOf = (env: Env): OwnCallDeps['telephone'] => {
  const calls = dynamoCallStore(env);
  if (env.TWILIO_SECRET_NAME === '') return { hangUp: async () => undefined, putThrough: async () => undefined };
  const account = twilioAccountOf(env.TWILIO_SECRET_NAME);
  const twilio = twilioApi({ account, baseUrl: env.TWILIO_API_URL, fetch });
  return {
    hangUp: async (key) => {
      const call = await calls.find(key);
      if (call?.callSid !== undefined) await twilio.hangUp(call.callSid);
    },
    putThrough: async ({ nextUrl, ...key }) => {
      const call = await calls.find(key);
      if (call?.callSid !== undefined && nextUrl !== undefined) await twilio.redirect(call.callSid, nextUrl);
    },
  };
};

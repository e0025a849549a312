import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { dynamoCallStore } from '../calls/calls-dynamodb.ts';
import { costOfTransport, NO_TRANSPORT } from '../calls/prices.ts';
import { jsonLog } from '../kernel/log.ts';
import { gaugeMetric } from '../kernel/metric.ts';
import { randomIds, systemClock } from '../kernel/real-dependencies.ts';
import { twilioAccountOf } from '../telephony/twilio-account-secrets-manager.ts';
import { directCalls } from '../voice/direct/direct-calls.ts';
import { withWishes } from '../voice/direct/with-wishes.ts';
import type { CallKeeper } from '../voice/keeper/call-keeper.ts';
import { FencedError, type OwnerClaim } from '../voice/keeper/call-keeper.ts';
import { ownCallDependencies } from '../voice/relay/own-call-dependencies.ts';
import { wavRecorder } from '../voice/relay/recorder.ts';
import type { Pricing, SessionOutcome } from '../voice/session/session-ports.ts';
import type { VoiceTransport } from '../voice/session/transport.ts';
import { dynamoTicketStore } from '../voice/stores/connections-dynamodb.ts';
import { dynamoSessionStore } from '../voice/stores/sessions-dynamodb.ts';
import type { VoiceSession } from '../voice/stores/voice-session.ts';
import type { MediaServerDeps } from './media-server.ts';
import type { MediaServerEnv } from './media-server-env.ts';
import { phoneStream } from './phone-streams.ts';
import { taskProtection } from './task-protection.ts';

/** The load balancer has no limit of its own; a call has one (`maxCallMinutes`). */
const MAX_CONNECTION_MS = 24 * 3_600_000;

/** What the media server needs; `signal` aborts when this process must end though calls are on. */
export const mediaServerDependencies = (env: z.output<typeof MediaServerEnv>, signal: AbortSignal): MediaServerDeps => {
  const owner = ownCallDependencies(env);
  const { clock, log } = owner;
  const sessions = dynamoSessionStore(env);
  const protection = taskProtection({ agentUri: env.ECS_AGENT_URI, fetch, now: clock.now, log });
  const own = async ({ claim, transport, session, wishes }: Owned): Promise<SessionOutcome> => {
    const { engines, pricing } = owner.voices();
    const direction = session?.direction ?? 'inbound';
    const { ofUsage } = pricing(direction);
    const keeper = owner.keeper({ ...claim, callId: claim.callId as VoiceSession['callId'] });
    return owner.run({
      callId: claim.callId,
      epoch: claim.epoch,
      keeper: wishes?.(keeper) ?? keeper,
      connect: async () => transport,
      engines,
      brain: owner.brain,
      pricing: { ofUsage, ofCarriage: containerCarriage(direction, clock.now) },
      openRecorder: (recording) => wavRecorder(owner.recordings, { ...recording, nowMs: clock.now() }),
      clock,
      log,
      signal,
      deadlineMs: undefined,
    });
  };
  const clients = directCalls({
    clock,
    maxConnectionMs: MAX_CONNECTION_MS,
    failed: (callId, error) => jsonLog('voice.session.crashed', { callId }, error),
    runCall: async ({ transport, claim, start }) => {
      const outcome = await own({ claim, transport, wishes: (keeper) => withWishes(keeper, start) });
      if (outcome.how !== 'ended') throw new FencedError(claim.callId);
    },
  });
  return {
    publicUrl: env.PUBLIC_MEDIA_URL,
    authToken: authTokenOf(env.TWILIO_SECRET_NAME),
    phone: phoneStream({
      sessions,
      tickets: dynamoTicketStore(env),
      calls: dynamoCallStore(env),
      telephone: owner.telephone,
      own: async (call) => {
        await own(call);
      },
      clock,
      newId: () => `media-${randomUUID()}`,
      secret: randomIds.secret,
    }),
    clients,
    loaded: (calls) => {
      protection.calls(calls);
      gaugeMetric('MediaCalls', calls, { Stage: env.STAGE }, systemClock);
    },
    failed: (error) => log('media.stream.failed', {}, error),
  };
};

interface Owned {
  readonly claim: OwnerClaim;
  readonly transport: VoiceTransport;
  /** Known where the telephone provider has brought the call. */
  readonly session?: VoiceSession;
  readonly wishes?: (keeper: CallKeeper) => CallKeeper;
}

const authTokenOf = (secretName: string): MediaServerDeps['authToken'] => {
  if (secretName === '') return undefined;
  const account = twilioAccountOf(secretName);
  return async () => (await account()).authToken;
};

/** A task of one virtual CPU and 2 GB is scaled for so many calls; what stands idle beside them is paid by none. */
const CALLS_PER_TASK = 50;
const TASK_GB = 2;

const containerCarriage =
  (direction: VoiceSession['direction'], now: () => number): Pricing['ofCarriage'] =>
  ({ elapsedMs, channel }) =>
    costOfTransport(
      {
        ...NO_TRANSPORT,
        fargateVcpuMs: elapsedMs / CALLS_PER_TASK,
        fargateGbMs: (elapsedMs * TASK_GB) / CALLS_PER_TASK,
        ...(channel === 'phone' ? phoneCounters(elapsedMs, direction) : {}),
      },
      now(),
    );

const phoneCounters = (elapsedMs: number, direction: VoiceSession['direction']) => ({
  ...(direction === 'inbound' ? { phoneInboundMs: elapsedMs } : { phoneOutboundMs: elapsedMs }),
  phoneStreamMs: elapsedMs,
});

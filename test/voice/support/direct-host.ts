import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { agentCoreServer } from '../../../agentkit/host/agentcore-server.ts';
import { voiceSockets } from '../../../agentkit/host/voice-sockets.ts';
import {
  type DirectCalls,
  type DirectCallsDependencies,
  directCalls,
} from '../../../shared/voice/direct/direct-calls.ts';
import type { SessionClock } from '../../../shared/voice/session/clock.ts';
import { openClient, type TestClient } from './test-client.ts';
import type { TestCall } from './transport-suite.ts';

export const systemClock: SessionClock = {
  now: Date.now,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    }),
};

export interface DirectHost {
  readonly url: string;
  readonly calls: DirectCalls;
  readonly connect: (callId: string) => Promise<TestClient>;
  readonly newCall: (ticket: string) => Promise<TestCall>;
  readonly stop: () => Promise<void>;
}

/** The agent kit's `/ws` in this process, its calls owned by `runCall`. */
export async function startDirectHost(
  runCall: DirectCallsDependencies['runCall'],
  options: { readonly clock?: SessionClock; readonly maxConnectionMs?: number } = {},
): Promise<DirectHost> {
  const calls = directCalls({
    runCall,
    clock: options.clock ?? systemClock,
    maxConnectionMs: options.maxConnectionMs ?? 3_600_000,
    failed: () => undefined,
  });
  const server = agentCoreServer({
    status: () => ({ status: calls.active() > 0 ? 'HealthyBusy' : 'Healthy', sinceUnixSeconds: 0 }),
    invoke: async () => ({}),
    upgrade: voiceSockets(calls),
    log: () => undefined,
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const connect = (callId: string) =>
    openClient(`ws://127.0.0.1:${port}/ws`, { 'x-amzn-bedrock-agentcore-runtime-session-id': callId });
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    connect,
    newCall: async (ticket) => {
      const callId = randomUUID();
      return { connect: () => connect(callId), ticket };
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

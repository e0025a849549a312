import { afterEach, expect, test } from 'vitest';
import type { ServerMessage } from '../../shared/voice/protocol/messages.ts';
import { sessionClient } from '../../web/voice/session-client.ts';
import type { SessionState } from '../../web/voice/session-machine.ts';
import { AGENT_ID, KEY, startVoiceService, type VoiceService } from '../browser/support/voice-service.ts';
import { scriptedOwner } from '../voice/support/scripted-owner.ts';

let service: VoiceService;
afterEach(() => service.stop());

/** A page's call; `until` resolves with the first state that fits. */
const pageCall = () => {
  const heard: ServerMessage[] = [];
  let wake = Promise.withResolvers<void>();
  const told = (): void => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  const client = sessionClient(
    { apiOrigin: service.url, agentId: AGENT_ID, key: KEY },
    {
      changed: told,
      heard: (message) => {
        heard.push(message);
        told();
      },
      play: () => undefined,
      flush: () => undefined,
      rest: () => undefined,
    },
  );
  const until = async (fits: (state: SessionState) => boolean): Promise<SessionState> => {
    while (!fits(client.state())) await wake.promise;
    return client.state();
  };
  return { client, heard, until };
};

/** AgentCore's hour as the runtime sees it: it asks for another connection four minutes before its end. */
const HOUR_ENDS_MS = 240_300;

test('a call stays on the direct path when AgentCore’s hour ends: the same session gets another connection', async () => {
  service = await startVoiceService(scriptedOwner, { maxConnectionMs: HOUR_ENDS_MS });
  const { client, heard, until } = pageCall();
  client.dispatch({ type: 'start', route: 'direct' });
  const { callId } = await until(({ phase }) => phase === 'live');
  const renewed = await until(({ carrier }) => carrier === 2);
  client.dispatch({ type: 'text', text: 'Are you still there?' });
  await until(() => heard.some((message) => message.type === 'transcript' && message.text === 'Are you still there?'));
  expect({ phase: renewed.phase, callId: renewed.callId, asked: service.asked }).toEqual({
    phase: 'live',
    callId,
    asked: ['direct', 'direct'],
  });
  client.dispatch({ type: 'end' });
  await until(({ phase }) => phase === 'ended');
});

test('an agent whose calls cannot be held directly is called over the relay', async () => {
  service = await startVoiceService(scriptedOwner);
  service.refuse.direct = { status: 409, code: 'direct-not-offered' };
  const { client, until } = pageCall();
  client.dispatch({ type: 'start', route: 'direct' });
  expect((await until(({ phase }) => phase === 'live')).route).toBe('relay');
  expect(service.asked).toEqual(['direct', 'relay']);
  client.dispatch({ type: 'end' });
  await until(({ phase }) => phase === 'ended');
});

import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { decodeMuLaw } from '../../audio/mulaw.ts';
import { textOnlySpeech } from '../../local/speech/text-only.ts';
import { PROVISIONING_STEPS } from '../../shared/provisioning/provisioning.ts';
import { Api } from './support/api.ts';
import { type Caller, dial } from './support/caller.ts';
import { type Harness, startHarness } from './support/harness.ts';
import { type Operator, watch } from './support/operator.ts';
import { createAgent, isOver, recordWhen, type Ticket, TRANSPORTS, type Transport } from './support/talk.ts';

interface EventsBody {
  readonly events: readonly { readonly seq: number; readonly kind: string }[];
  readonly next: number | null;
}

/** A second of 440 Hz, half as loud as can be, 16 kHz. */
const TONE = Buffer.from(
  Int16Array.from({ length: 16_000 }, (_, at) => 16_384 * Math.sin((2 * Math.PI * 440 * at) / 16_000)).buffer,
);

describe('people who watch', () => {
  const open: (() => void)[] = [];
  let harness: Harness;
  let api: Api;
  let strangersApi: Api;
  let operator: Operator;
  let stranger: Operator;
  let agentId: string;

  beforeAll(async () => {
    harness = await startHarness({ speech: textOnlySpeech({ wordMs: 60 }) });
    const of = async (name: string) => new Api(harness.cloud.apiUrl, await harness.tokenOf(name));
    [api, strangersApi] = [await of('talker'), await of('stranger')];
    [operator, stranger] = [await watch(api), await watch(strangersApi)];
    open.push(operator.cut, stranger.cut);
    await Promise.all([operator.subscribe('agents', 'calls'), stranger.subscribe('agents', 'calls')]);
    agentId = await createAgent(api);
  });
  afterAll(async () => {
    for (const close of open) close();
    await harness?.stop();
  });

  const call = async (transport: Transport): Promise<Caller> => {
    const { body } = await api.request<Ticket>('POST', '/api/v1/voice-tickets', { agentId, transport });
    const caller = await dial(body);
    open.push(caller.hangUp);
    onTestFailed(() => {
      process.stderr.write(`${caller.story()}\n`);
    });
    return caller;
  };
  const eventsOf = async (callId: string, after?: number): Promise<EventsBody> => {
    const query = after === undefined ? '' : `?after=${after}`;
    return (await api.request<EventsBody>('GET', `/api/v1/calls/${callId}/events${query}`)).body;
  };
  /** What an operator was told of a call's record, state and stream alike; numbers that came twice once. */
  const recordSeen = (...operators: readonly Operator[]) => {
    const seen = operators.flatMap(({ heard }) =>
      heard.flatMap((message) => {
        if (message.type === 'call.events') return message.events;
        return message.type === 'call.event' && message.event.seq !== null ? [message.event] : [];
      }),
    );
    return [...new Map(seen.map((event) => [event.seq, event])).values()].toSorted(
      (a, b) => (a.seq ?? 0) - (b.seq ?? 0),
    );
  };

  it('each step of an agent that is made is seen as it happens, by its tenant alone', async () => {
    await operator.next('agent', ({ status }) => status === 'active');
    const told = operator.heard.flatMap((message) => (message.type === 'agent' ? [message] : []));
    const begun = told.flatMap(({ provisioning: { steps } }) =>
      steps.flatMap(({ step, status }) => (status === 'running' ? [step] : [])),
    );
    const worked = PROVISIONING_STEPS.filter((step) => step !== 'DeployChannels');
    expect(worked.filter((step) => !begun.includes(step))).toEqual([]);
    expect(told.at(-1)).toMatchObject({ agentId, status: 'active', activeVersion: 1, statusReason: null });
    await api.request('POST', `/api/v1/agents/${agentId}/pause`);
    await operator.next('agent', ({ status }) => status === 'paused');
    await api.request('POST', `/api/v1/agents/${agentId}/resume`);
    await operator.next('agent', ({ status }) => status === 'active', operator.heard.length - 1);
  });

  it.for(TRANSPORTS)(
    'a call over the %s transport is followed, listened to, lost and found again',
    async (transport) => {
      const caller = await call(transport);
      const greeting = caller.answer(/./);
      const { callId } = await caller.start();
      const isThis = (message: { readonly call: { readonly callId: string } }) => message.call.callId === callId;
      const begun = await operator.next('call', (message) => isThis(message) && message.call.status === 'active');
      expect(begun.call).toMatchObject({ agentId, agentName: 'Spoke and Chain', channel: 'browser', turns: 0 });

      const watcher = await watch(api);
      open.push(watcher.cut);
      await watcher.subscribe(`call:${callId}`, `call:${callId}:audio`);
      await greeting;
      await caller.quiet();
      const loud = ({ audio }: { readonly audio: string }) =>
        Math.max(...decodeMuLaw(Buffer.from(audio, 'base64'))) > 10_000;
      let isListenedTo = false;
      const toneHeard = watcher
        .next('call.audio', (message) => message.role === 'caller' && loud(message))
        .then(() => {
          isListenedTo = true;
        });
      // The owner learns within a second that somebody listens.
      while (!isListenedTo) await caller.say(TONE);
      await toneHeard;
      const answered = caller.answer(/15 euros/);
      caller.type('What does a puncture cost?');
      await answered;
      await watcher.next('call.audio', ({ role }) => role === 'agent');
      const event = (kind: string, seen = watcher, from = 0) =>
        seen.next('call.event', (message) => message.callId === callId && message.event.kind === kind, from);
      await event('meter');
      await watcher.next(
        'call.event',
        ({ event: { kind, ...more } }) => kind === 'transcript' && JSON.stringify(more).includes('15 euros'),
      );

      watcher.cut();
      const missed = caller.answer(/45 euros/);
      caller.type('And a new chain?');
      await missed;
      const again = await watch(api);
      open.push(again.cut);
      await again.subscribe(`call:${callId}`);
      await caller.leave();
      await event('ended', again);
      await operator.next('call', (message) => isThis(message) && message.call.status === 'completed');
      await recordWhen(api, callId, isOver);

      const { events, next } = await eventsOf(callId);
      expect(recordSeen(watcher, again)).toEqual(events);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
      expect(next).toBe(events.length - 1);
      expect(events).toMatchObject(
        expect.arrayContaining([
          expect.objectContaining({
            kind: 'transcript',
            role: 'user',
            text: 'What does a puncture cost?',
            via: 'text',
          }),
          expect.objectContaining({ kind: 'tool', name: 'askAgent', status: 'success' }),
          expect.objectContaining({ kind: 'transcript', role: 'assistant', text: expect.stringMatching(/45 euros/) }),
          expect.objectContaining({ kind: 'ended', status: 'completed', reason: 'client-ended' }),
        ]),
      );
      expect(await eventsOf(callId, 0)).toEqual({ events: events.slice(1), next });

      stranger.send({ type: 'subscribe', topics: [`call:${callId}`, `call:${callId}:audio`] });
      await stranger.next('problem', ({ topic }) => topic === `call:${callId}:audio`);
      const hidden = await strangersApi.request('GET', `/api/v1/calls/${callId}/events`);
      expect(hidden).toMatchObject({ status: 404, body: { code: 'call-not-found' } });
      const told = stranger.heard.filter(({ type }) => type !== 'problem' && type !== 'subscribed');
      expect(told).toEqual([]);
    },
  );
});

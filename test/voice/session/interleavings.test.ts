import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallEntry } from '../../../shared/calls/call.ts';
import type { CallCommand, ControlAction } from '../../../shared/control/command.ts';
import type { CallBriefing } from '../../../shared/voice/keeper/call-keeper.ts';
import type { Effect, SessionEvent } from '../../../shared/voice/session/session-events.ts';
import { initialState, type SessionState } from '../../../shared/voice/session/session-state.ts';
import { wholeText } from '../../../shared/voice/session/spoken-text.ts';
import { step } from '../../../shared/voice/session/step.ts';
import { VoiceSettings } from '../../../shared/voice/voice-settings.ts';
import { AGENTS, agentDesk } from './support/agent-desk.ts';

const briefing: CallBriefing = {
  callId: '019aa000-0000-7000-8000-000000000001',
  userId: 'u',
  agentId: AGENTS[0],
  agentName: 'Ada',
  agentRuntimeArn: 'arn',
  endpointName: 'live',
  direction: 'inbound',
  channel: 'browser',
  settings: VoiceSettings.parse({}),
  resumeToken: 'token',
  contextOverride: {},
  startedAtMs: 0,
  checkpoint: undefined,
  cause: 'start',
  leaseUntilMs: 15_000,
  limits: { callBudgetMicroUsd: 1e9, tenantDailyBudgetMicroUsd: 1e12, maxCallSeconds: 7200 },
};

type Command =
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'tool-result'; readonly pick: number; readonly isError: boolean }
  | {
      readonly kind: 'engine' | 'audio' | 'text' | 'ended' | 'interrupted' | 'tool-use' | 'words' | 'typed';
      readonly stream: number;
      readonly response: number;
    }
  | { readonly kind: 'open' | 'fail' | 'break'; readonly pick: number }
  /** An operator commands, and the owner looks: at this many of the commands before, too. */
  | { readonly kind: 'operator'; readonly action: ControlAction; readonly again: number }
  /** The caller wants another agent, or its owner changed the voice; or what was asked for is answered. */
  | { readonly kind: 'switch' | 'settings' | 'found'; readonly pick: number }
  | { readonly kind: 'line' | 'resume' | 'drop' | 'played' | 'sound' | 'handed' | 'fenced' | 'filtered' };

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('advance' as const),
      ms: fc.constantFrom(100, 300, 1300, 9000, 60_000, 120_000),
    }),
  },
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'audio',
        'audio',
        'audio',
        'text',
        'ended',
        'interrupted',
        'tool-use',
        'words',
        'typed' as const,
      ),
      stream: fc.nat({ max: 2 }),
      response: fc.nat({ max: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('tool-result' as const),
      pick: fc.nat({ max: 9 }),
      isError: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('open', 'open', 'open', 'fail', 'break' as const),
      pick: fc.nat({ max: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('operator' as const),
      action: fc.constantFrom('whisper', 'say', 'hold', 'resume', 'takeover', 'context' as const),
      again: fc.nat({ max: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('switch', 'found', 'settings' as const), pick: fc.nat({ max: 9 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('line', 'resume', 'drop', 'played', 'sound', 'handed', 'filtered' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('fenced', 'played' as const) }) },
);

/** The machine with everything around it that matters, and an eye on what it does. */
function world() {
  let state: SessionState = initialState(
    {
      epoch: 3,
      transport: 'relay',
      inputSampleRateHertz: 16_000,
      outputSampleRateHertz: 24_000,
      engines: [
        { name: 'nova-sonic', cast: 0, renewal: { armAfterMs: 360_000, forceAfterMs: 440_000 } },
        { name: 'cascade', cast: 0, renewal: undefined },
      ],
      deadlineMs: 900_000,
      canRecord: false,
    },
    0,
  );
  let nowMs = 0;
  const entries: CallEntry[] = [];
  const results = new Map<string, number>();
  const uses: { readonly stream: number; readonly toolUseId: string }[] = [];
  const opening = new Set<number>();
  const closed = new Set<number>();
  const silenced = new Set<string>();
  const begun = new Map<number, Set<string>>();
  const violations: string[] = [];
  const wishes: CallCommand[] = [];
  const desk = agentDesk();
  let stops = 0;
  let steps = 0;

  const stopped = (effect: Extract<Effect, { type: 'stop' }>): void => {
    stops++;
    if (effect.stop.how === 'ended') entries.push(...effect.stop.entries);
  };
  const fed = ({ stream, input }: Extract<Effect, { type: 'feed' }>): void => {
    if (input.type !== 'tool-result') return;
    const id = `${stream}:${input.toolUseId}`;
    results.set(id, (results.get(id) ?? 0) + 1);
    if (closed.has(stream)) violations.push('a result for a closed stream');
  };
  const flushed = (): void => {
    for (const [stream, ids] of begun) for (const id of ids) silenced.add(`${stream}:${id}`);
  };
  const spoken = (event: SessionEvent): void => {
    if (event.type !== 'agent-audio') return;
    const id = `${event.stream}:${event.responseId}`;
    if (silenced.has(id)) violations.push(`${id} was spoken after its interruption`);
    if (closed.has(event.stream)) violations.push(`${id} was spoken after its stream was closed`);
    const { control, speech } = state;
    const text = wholeText(
      speech.parts.filter(({ responseId }) => responseId === `${event.stream}.${event.responseId}`),
    );
    if (control.mode !== 'agent' && text.includes('so it is')) violations.push('a muted agent spoke');
  };
  const see = (event: SessionEvent, effect: Effect): void => {
    if (stops > 0) violations.push(`${effect.type} after the stop`);
    if (effect.type === 'stop') stopped(effect);
    else if (effect.type === 'record') entries.push(...effect.entries);
    else if (effect.type === 'open-stream') opening.add(effect.stream);
    else if (effect.type === 'close-stream') closed.add(effect.stream);
    else if (effect.type === 'feed') fed(effect);
    else if (effect.type === 'flush') flushed();
    else if (effect.type === 'play') spoken(event);
    violations.push(...desk.see(effect, state));
    if (effect.type === 'run-tool' && state.control.mode !== 'agent') violations.push('a muted agent acts');
  };

  const happen = (event: SessionEvent): void => {
    if (event.type === 'engine' && event.event.type === 'interrupted' && event.event.responseId) {
      if (state.streams.current?.id === event.stream) silenced.add(`${event.stream}:${event.event.responseId}`);
    }
    if (event.type === 'agent-audio' && state.streams.current?.id === event.stream)
      begun.set(event.stream, (begun.get(event.stream) ?? new Set()).add(event.responseId));
    if (event.type !== 'tick') steps++;
    const before = state;
    const frozen = JSON.stringify(before);
    const result = step(before, event, nowMs);
    if (JSON.stringify(before) !== frozen) violations.push(`${event.type} changed its input`);
    state = result.state;
    for (const effect of result.effects) see(event, effect);
  };

  const advance = (ms: number): void => {
    for (let left = ms; left > 0; left -= 500) {
      nowMs += Math.min(500, left);
      happen({ type: 'tick' });
    }
  };

  const streamOf = (pick: number): number => Math.max(1, state.streams.lastId - pick);

  return {
    happen,
    advance,
    state: () => state,
    steps: () => steps,
    streamOf,
    opening,
    uses,
    check: () => ({ violations, stops, results, closed, entries }),
    wishes,
    desk,
    command: (action: ControlAction, again: number): void => {
      const seq = wishes.length + 1;
      const operator = { id: 'sign-in', name: 'Olga' };
      wishes.push({
        seq,
        commandId: `c${seq}`,
        action,
        operator,
        atMs: nowMs,
        text: `words of ${seq}`,
        patch: { seq },
      });
      const commands = wishes.slice(Math.max(0, Math.min(state.control.lastCommand, seq - 1 - again)));
      happen({ type: 'looked', look: { commands, contextVersion: 0, settingsVersion: 0, watchers: [] } });
    },
    open: (pick: number): void => {
      const id = [...opening][pick % Math.max(1, opening.size)];
      if (id === undefined) return;
      opening.delete(id);
      happen({ type: 'stream-opened', stream: id });
    },
    fail: (pick: number): void => {
      const id = [...opening][pick % Math.max(1, opening.size)];
      if (id === undefined) return;
      opening.delete(id);
      happen({ type: 'stream-failed', stream: id, kind: pick % 2 ? 'throttled' : 'unavailable' });
    },
  };
}

type World = ReturnType<typeof world>;

let counter = 0;

/** An engine's responses follow each other: those of now are five, and every eight steps the oldest makes room for a new one. */
const responseOf = (w: World, pick: number): string => `r${Math.floor(w.steps() / 8) + pick}`;

function obey(w: World, todo: Command): void {
  if (todo.kind === 'advance') w.advance(todo.ms);
  else if (todo.kind === 'tool-result') toolIsDone(w, todo.pick, todo.isError);
  else if ('stream' in todo) engineSays(w, todo.kind, w.streamOf(todo.stream), responseOf(w, todo.response));
  else if (todo.kind === 'operator') w.command(todo.action, todo.again);
  else if (todo.kind === 'open') w.open(todo.pick);
  else if (todo.kind === 'fail') w.fail(todo.pick);
  else if (todo.kind === 'break') w.happen({ type: 'stream-failed', stream: w.streamOf(todo.pick), kind: 'expired' });
  else if (todo.kind === 'switch')
    w.happen({ type: 'client', message: { type: 'session.switchAgent', agentId: AGENTS[todo.pick % 3] ?? '' } });
  else if (todo.kind === 'settings') w.happen({ type: 'looked', ...w.desk.changedSettings(w.state()) });
  else if (todo.kind === 'found') for (const event of w.desk.answer(todo.pick)) w.happen(event);
  else rare(w, todo.kind);
}

function toolIsDone(w: World, pick: number, isError: boolean): void {
  const use = w.uses[pick % Math.max(1, w.uses.length)];
  const outcome = { status: isError ? ('error' as const) : ('success' as const), content: 'x' };
  if (use) w.happen({ type: 'tool-settled', ...use, outcome });
}

function engineSays(w: World, kind: string, stream: number, responseId: string): void {
  if (kind === 'audio') w.happen({ type: 'agent-audio', stream, responseId, audio: new Uint8Array(2), ms: 100 });
  if (kind === 'text')
    w.happen({
      type: 'engine',
      stream,
      event: { type: 'agent-text', responseId, text: 'so it is', stage: 'speculative' },
    });
  if (kind === 'ended') w.happen({ type: 'engine', stream, event: { type: 'response-ended', responseId } });
  if (kind === 'interrupted') w.happen({ type: 'engine', stream, event: { type: 'interrupted', responseId } });
  if (kind === 'words')
    w.happen({ type: 'engine', stream, event: { type: 'user-text', text: `words ${++counter}`, final: true } });
  if (kind === 'typed') w.happen({ type: 'client', message: { type: 'text', text: `typed ${++counter}` } });
  if (kind === 'tool-use') {
    const toolUseId = `t${++counter}`;
    if (w.state().streams.current?.id === stream && w.state().phase !== 'over') w.uses.push({ stream, toolUseId });
    w.happen({ type: 'engine', stream, event: { type: 'tool-use', toolUseId, name: 'askAgent', input: {} } });
  }
}

function rare(w: World, kind: string): void {
  if (kind === 'line') w.happen({ type: 'extra-line', granted: counter % 2 === 0 });
  if (kind === 'drop') w.happen({ type: 'client', message: { type: 'disconnected' } });
  if (kind === 'resume') {
    w.happen({
      type: 'client',
      message: { type: 'session.resume', callId: briefing.callId, resumeToken: 'token', lastPlayedSeq: -1 },
    });
  }
  if (kind === 'played')
    w.happen({ type: 'client', message: { type: 'playback', turn: w.state().talk.turn, playedMs: counter * 10 } });
  if (kind === 'sound') w.happen({ type: 'speech', active: counter++ % 2 === 0, atMs: 0 });
  if (kind === 'handed') w.happen({ type: 'handed-over', accepted: true });
  if (kind === 'fenced') w.happen({ type: 'fenced' });
}

describe('whatever happens in whichever order', () => {
  it('nothing is spoken after an interruption, by a muted agent or by one that the caller has left, each command is obeyed once and in order, each tool use has one result, entries have no gaps, and nothing follows the stop', () => {
    fc.assert(
      fc.property(fc.array(command, { minLength: 20, maxLength: 150 }), (commands) => {
        const w = world();
        w.happen({ type: 'claimed', briefing });
        w.happen({
          type: 'described',
          self: { prompt: '', greeting: 'Hi there.', agentName: 'Ada', agentVersion: 1, topics: [] },
        });
        w.open(0);
        for (const todo of commands) obey(w, todo);
        w.advance(14_000);
        const { violations, stops, results, closed, entries } = w.check();
        expect(violations).toEqual([]);
        expect(w.desk.chainOf(entries)).toEqual(w.desk.unbroken(entries));
        const obeyed = entries.flatMap((entry) => (entry.kind === 'operator' ? [entry.commandId] : []));
        expect(obeyed).toEqual(w.wishes.slice(0, obeyed.length).map(({ commandId }) => commandId));
        expect(stops).toBeLessThanOrEqual(1);
        expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, seq) => seq));
        const isOver = w.state().phase === 'over';
        for (const { stream, toolUseId } of w.uses) {
          const count = results.get(`${stream}:${toolUseId}`) ?? 0;
          expect(count).toBeLessThanOrEqual(1);
          if (!isOver && !closed.has(stream)) expect(count).toBe(1);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('a fenced owner neither says nor stores anything any more', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), fc.array(command, { maxLength: 40 }), (before, after) => {
        const w = world();
        w.happen({ type: 'claimed', briefing });
        w.happen({
          type: 'described',
          self: { prompt: '', greeting: undefined, agentName: 'Ada', agentVersion: 1, topics: [] },
        });
        w.open(0);
        for (const todo of before) obey(w, todo);
        w.happen({ type: 'fenced' });
        const stored = w.check().entries.length;
        for (const todo of after) obey(w, todo);
        expect({ ...w.check(), results: undefined, closed: undefined, entries: w.check().entries.length }).toEqual({
          violations: [],
          stops: 1,
          results: undefined,
          closed: undefined,
          entries: stored,
        });
      }),
      { numRuns: 200 },
    );
  });
});

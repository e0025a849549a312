import { describe, expect, it } from 'vitest';
import { cascadeEngine } from '../../../../shared/voice/engines/cascade/cascade-engine.ts';
import type { ChatEvent } from '../../../../shared/voice/engines/cascade/ports.ts';
import { EngineError, type EngineEvent, type EngineSettings } from '../../../../shared/voice/engines/speech-engine.ts';
import { manualClock, settle } from '../support/manual-clock.ts';
import { scriptedEars, scriptedMind, scriptedMouth, TENTH, words } from '../support/scripted-cascade.ts';

const SETTINGS: EngineSettings = {
  modelId: 'amazon.nova-lite-v1:0',
  systemPrompt: 'You are the voice of a shop.',
  tools: [{ name: 'askAgent', description: 'Asks.', inputSchema: { type: 'object' } }],
  voice: 'Joanna',
  language: 'en-US',
  endpointing: 'medium',
  input: { encoding: 'pcm16', sampleRateHertz: 16_000 },
  output: { encoding: 'pcm16', sampleRateHertz: 16_000 },
  history: [],
};

const NONE = { inputSpeechTokens: 0, inputTextTokens: 0, outputSpeechTokens: 0, outputTextTokens: 0 };

type Script = Parameters<typeof scriptedMind>[0];

const call = async (script: Script, holds: Parameters<typeof scriptedMouth>[0] = {}) => {
  const clock = manualClock();
  const { ears, hears, breaks, pushed, isClosed } = scriptedEars();
  const { mind, requests } = scriptedMind(script);
  const { mouth, spoken } = scriptedMouth(holds);
  const kill = new AbortController();
  const stream = await cascadeEngine({ stt: ears, llm: mind, tts: mouth, clock }).open(SETTINGS, kill.signal);
  const told: EngineEvent[] = [];
  let end = 'open';
  void (async () => {
    try {
      for await (const event of stream.events) told.push(event);
      end = 'closed';
    } catch (error) {
      end = error instanceof EngineError ? error.kind : String(error);
    }
  })();
  const says = async (text: string): Promise<void> => {
    hears({ type: 'partial', text });
    hears({ type: 'final', text });
    await settle();
  };
  return { clock, stream, told, says, hears, breaks, pushed, requests, spoken, kill, isClosed, ended: () => end };
};

/** What was told, without the bill. */
const brief = (events: readonly EngineEvent[]): string[] =>
  events.flatMap((event) => {
    if (event.type === 'usage') return [];
    if (event.type === 'agent-text') return [`${event.responseId} ${event.stage}: ${event.text}`];
    if (event.type === 'user-text') return [`user ${event.final ? 'said' : 'says'}: ${event.text}`];
    if (event.type === 'problem') return [`problem ${event.error.kind}`];
    if (event.type === 'tool-use') return [`tool ${event.name}`];
    return ['responseId' in event ? `${event.responseId} ${event.type}` : event.type];
  });

const tool = (toolUseId: string): ChatEvent => ({ type: 'tool-use', toolUseId, name: 'askAgent', input: { q: 1 } });

describe('a call through the cascade', () => {
  it('hears, thinks and speaks sentence by sentence, while the mind still writes', async () => {
    const rest = Promise.withResolvers<void>();
    const { told, says, requests, stream, isClosed, ended, pushed } = await call([
      [
        words('We open at nine. And '),
        rest.promise,
        words('close at ten.'),
        { type: 'billed', inputTokens: 9, outputTokens: 4 },
      ],
    ]);
    stream.send({ type: 'audio', audio: TENTH });
    await says('When do you open?');
    const before = brief(told);
    rest.resolve();
    await settle();
    expect(before).toEqual([
      'speech-started',
      'user says: When do you open?',
      'user said: When do you open?',
      't1 speculative: We open at nine.',
      't1 audio',
      't1 final: We open at nine.',
    ]);
    expect(brief(told).slice(before.length)).toEqual([
      't1 speculative: And close at ten.',
      't1 audio',
      't1 final: And close at ten.',
      't1 response-ended',
    ]);
    expect(told.filter(({ type }) => type === 'usage')).toEqual([
      { type: 'usage', usage: { ...NONE, synthesizedCharacters: 16 } },
      { type: 'usage', usage: { ...NONE, inputTextTokens: 9, outputTextTokens: 4 } },
      { type: 'usage', usage: { ...NONE, synthesizedCharacters: 17 } },
    ]);
    expect(requests).toEqual([
      {
        system: 'You are the voice of a shop.',
        messages: [{ role: 'user', text: 'When do you open?' }],
        tools: SETTINGS.tools,
      },
    ]);
    await stream.close();
    await settle();
    expect({ pushed: pushed.length, closed: isClosed(), ended: ended() }).toEqual({
      pushed: 1,
      closed: true,
      ended: 'closed',
    });
  });

  it('is cut off by the first word, says nothing more of it, and remembers only what was heard', async () => {
    const never = new Promise<void>(() => undefined);
    const { told, says, hears, requests, stream } = await call(
      [[words('One two three four five six. Seven eight. ')], [words('Yes? ')]],
      { 'Seven eight.': never },
    );
    await says('Count!');
    stream.send({ type: 'played', responseId: 't1', playedMs: 50 });
    hears({ type: 'speech-started' });
    await settle();
    const cut = brief(told);
    await says('Stop.');
    expect(cut.slice(-3)).toEqual(['t1 audio', 'speech-started', 't1 interrupted']);
    expect(brief(told).slice(cut.length)).toEqual([
      'user says: Stop.',
      'user said: Stop.',
      't2 speculative: Yes?',
      't2 audio',
      't2 final: Yes?',
      't2 response-ended',
    ]);
    expect(requests[1]?.messages).toEqual([
      { role: 'user', text: 'Count!' },
      { role: 'assistant', text: 'One two three …', toolUses: [] },
      { role: 'user', text: 'Stop.' },
    ]);
  });

  it('can be cut off when all is written and only playing, and not after it was played', async () => {
    const { told, says, stream, clock } = await call([[words('One two.')], [words('Three.')], [words('Four.')]]);
    await says('First');
    await says('Second');
    clock.advance(1000);
    await says('Third');
    await stream.close();
    expect(brief(told).filter((line) => line.includes('interrupted') || line.includes('ended'))).toEqual([
      't1 response-ended',
      't1 interrupted',
      't2 response-ended',
      't3 response-ended',
    ]);
  });

  it('asks tools, fills the wait with a phrase, takes each result once, and goes on with them', async () => {
    const { told, says, stream, requests } = await call([[tool('u1'), tool('u2')], [words('At nine.')]]);
    await says('Hours?');
    stream.send({ type: 'say', text: 'One moment.' });
    stream.send({ type: 'tool-result', toolUseId: 'u1', content: { answer: 'nine' } });
    stream.send({ type: 'tool-result', toolUseId: 'u1', content: 'again' });
    stream.send({ type: 'tool-result', toolUseId: 'nobody', content: 'what' });
    await settle();
    stream.send({ type: 'tool-result', toolUseId: 'u2', content: 'ten' });
    await settle();
    expect(brief(told).slice(3)).toEqual([
      'tool askAgent',
      'tool askAgent',
      't1 speculative: One moment.',
      't1 audio',
      't1 final: One moment.',
      't1 speculative: At nine.',
      't1 audio',
      't1 final: At nine.',
      't1 response-ended',
    ]);
    expect(requests[1]?.messages.slice(1)).toEqual([
      {
        role: 'assistant',
        text: '',
        toolUses: [
          { toolUseId: 'u1', name: 'askAgent', input: { q: 1 } },
          { toolUseId: 'u2', name: 'askAgent', input: { q: 1 } },
        ],
      },
      {
        role: 'tool',
        results: [
          { toolUseId: 'u1', content: { answer: 'nine' } },
          { toolUseId: 'u2', content: 'ten' },
        ],
      },
    ]);
  });

  it('says greetings as they are, and takes notes and typed words', async () => {
    const { told, stream, requests } = await call([[words('Sure.')]]);
    stream.send({ type: 'say', text: 'Welcome!' });
    await settle();
    stream.send({ type: 'text', role: 'note', text: 'Be brief.' });
    stream.send({ type: 'text', role: 'user', text: 'Help' });
    await settle();
    expect(brief(told)).toEqual([
      't1 speculative: Welcome!',
      't1 audio',
      't1 final: Welcome!',
      't1 response-ended',
      't1 interrupted',
      't2 speculative: Sure.',
      't2 audio',
      't2 final: Sure.',
      't2 response-ended',
    ]);
    expect(requests[0]?.messages.map(({ role }) => role)).toEqual(['note', 'user']);
  });

  it('goes on after an answer that failed, and breaks when three fail in a row', async () => {
    const throttled = new EngineError('throttled', 'Slow down.');
    const { told, says, clock, ended } = await call([
      [throttled],
      [words('Fine.')],
      [throttled],
      [new Error('?')],
      [new Promise(() => undefined)],
    ]);
    for (const text of ['a', 'b']) await says(text);
    expect(brief(told).filter((line) => !line.startsWith('user'))).toEqual([
      'speech-started',
      'problem throttled',
      'speech-started',
      't2 speculative: Fine.',
      't2 audio',
      't2 final: Fine.',
      't2 response-ended',
    ]);
    clock.advance(60_000);
    for (const text of ['c', 'd', 'e']) await says(text);
    clock.advance(20_000);
    await settle();
    expect({ problems: brief(told).filter((line) => line.startsWith('problem')), ended: ended() }).toEqual({
      problems: ['problem throttled', 'problem throttled', 'problem unavailable', 'problem timed-out'],
      ended: 'timed-out',
    });
  });

  it('breaks when its ears do, and dies at once with its signal', async () => {
    const deaf = await call([]);
    deaf.breaks(new EngineError('denied', 'No ears.'));
    await settle();
    const killed = await call([[words('Hello there.')]]);
    killed.kill.abort();
    await settle();
    expect([deaf.ended(), deaf.isClosed(), killed.ended(), killed.isClosed()]).toEqual([
      'denied',
      true,
      'closed',
      true,
    ]);
  });
});

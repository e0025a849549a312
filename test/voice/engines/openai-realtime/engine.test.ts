import { afterEach, describe, expect, it } from 'vitest';
import { providerNetwork } from '../../../../shared/providers/provider-network.ts';
import { openAiRealtimeEngine } from '../../../../shared/voice/engines/openai-realtime/openai-realtime-engine.ts';
import { EngineError, type EngineEvent, type EngineSettings } from '../../../../shared/voice/engines/speech-engine.ts';
import { manualClock } from '../support/manual-clock.ts';
import { type RealtimeScript, realtimeServer, responseEnd, spokenResponse } from '../support/realtime-server.ts';

const SETTINGS: EngineSettings = {
  modelId: 'gpt-realtime',
  systemPrompt: 'You are the voice of a shop.',
  tools: [{ name: 'askAgent', description: 'Asks.', inputSchema: { type: 'object' } }],
  voice: 'marin',
  language: 'en-US',
  endpointing: 'high',
  input: { encoding: 'mulaw', sampleRateHertz: 8000 },
  output: { encoding: 'mulaw', sampleRateHertz: 8000 },
  history: [
    { role: 'user', text: 'Hi' },
    { role: 'assistant', text: 'Hello!' },
  ],
};

let stop: (() => Promise<void>) | undefined;
afterEach(() => stop?.());

const setup = async (script: RealtimeScript) => {
  const server = await realtimeServer(script);
  stop = server.close;
  const clock = manualClock();
  const engine = openAiRealtimeEngine({ apiKey: () => Promise.resolve('sk-test'), clock, url: server.url, network });
  const kill = new AbortController();
  return { server, clock, kill, open: (settings = SETTINGS) => engine.open(settings, kill.signal) };
};

const accepting =
  (answer: RealtimeScript['answer'] = () => undefined): RealtimeScript['answer'] =>
  (event, say, socket) => {
    if (event.type === 'session.update') say({ type: 'session.updated', session: {} });
    answer(event, say, socket);
  };

const kindOf = (error: unknown): string => (error instanceof EngineError ? error.kind : String(error));

const network = providerNetwork('public-and-loopback');

describe('a session of the Realtime API', () => {
  it('is configured in GA words, passes µ-law through untouched, and tells a whole turn', async () => {
    const audio = new Uint8Array([0xff, 0x7f, 0x00]);
    const { server, open } = await setup({
      answer: accepting((event, say) => {
        if (event.type !== 'input_audio_buffer.append') return;
        say({ type: 'conversation.item.input_audio_transcription.delta', item_id: 'u', delta: 'When ' });
        say({ type: 'conversation.item.input_audio_transcription.completed', item_id: 'u', transcript: 'When?' });
        for (const part of spokenResponse('r', 'At nine. And', 2)) say(part);
        for (const part of responseEnd('r', 'At nine. And ten.')) say(part);
      }),
    });
    const stream = await open();
    stream.send({ type: 'audio', audio });
    const events: EngineEvent[] = [];
    for await (const event of stream.events) {
      events.push(event);
      if (event.type === 'response-ended') await stream.close();
    }
    expect(events).toEqual([
      { type: 'user-text', text: 'When', final: false },
      { type: 'user-text', text: 'When?', final: true },
      { type: 'agent-text', responseId: 'r', text: 'At nine.', stage: 'speculative' },
      { type: 'audio', responseId: 'r', audio: new Uint8Array([1, 1]) },
      { type: 'agent-text', responseId: 'r', text: 'And', stage: 'speculative' },
      { type: 'agent-text', responseId: 'r', text: 'At nine. And ten.', stage: 'final' },
      {
        type: 'usage',
        usage: { inputSpeechTokens: 20, inputTextTokens: 10, outputSpeechTokens: 40, outputTextTokens: 3 },
      },
      { type: 'response-ended', responseId: 'r' },
    ]);
    expect({ received: server.received, requests: server.requests }).toEqual({
      requests: [{ url: '/v1/realtime?model=gpt-realtime', authorization: 'Bearer sk-test', beta: undefined }],
      received: [
        {
          type: 'session.update',
          session: {
            type: 'realtime',
            model: 'gpt-realtime',
            instructions: 'You are the voice of a shop.',
            output_modalities: ['audio'],
            audio: {
              input: {
                format: { type: 'audio/pcmu' },
                noise_reduction: null,
                transcription: { model: 'gpt-4o-mini-transcribe', language: 'en' },
                turn_detection: {
                  type: 'semantic_vad',
                  eagerness: 'high',
                  create_response: true,
                  interrupt_response: false,
                },
              },
              output: { format: { type: 'audio/pcmu' }, voice: 'marin', speed: 1 },
            },
            tools: [{ type: 'function', name: 'askAgent', description: 'Asks.', parameters: { type: 'object' } }],
            tool_choice: 'auto',
          },
        },
        {
          type: 'conversation.item.create',
          item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
        },
        {
          type: 'conversation.item.create',
          item: { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello!' }] },
        },
        { type: 'input_audio_buffer.append', audio: Buffer.from(audio).toString('base64') },
      ],
    });
  });

  it('is interrupted by the caller: cancels, and makes the model forget what was not heard', async () => {
    const { server, open } = await setup({
      answer: accepting((event, say) => {
        if (event.type === 'response.create') for (const part of spokenResponse('r', 'Our hours', 8000)) say(part);
        if (event.type === 'input_audio_buffer.append') say({ type: 'input_audio_buffer.speech_started' });
        if (event.type === 'conversation.item.truncate')
          for (const part of responseEnd('r', 'Our hours are')) say(part);
      }),
    });
    const stream = await open();
    stream.send({ type: 'say', text: 'Our hours' });
    const events: string[] = [];
    for await (const event of stream.events) {
      events.push(event.type);
      if (event.type === 'audio') {
        stream.send({ type: 'played', responseId: event.responseId, playedMs: 320.5 });
        stream.send({ type: 'audio', audio: new Uint8Array([1]) });
      }
      if (event.type === 'usage') await stream.close();
    }
    expect(events).toEqual(['audio', 'speech-started', 'interrupted', 'usage']);
    expect(server.received.slice(3)).toEqual([
      {
        type: 'response.create',
        response: { instructions: 'Say exactly this, word for word: "Our hours"', tool_choice: 'none' },
      },
      { type: 'input_audio_buffer.append', audio: 'AQ==' },
      { type: 'response.cancel', response_id: 'r' },
      { type: 'conversation.item.truncate', item_id: 'item-r', content_index: 0, audio_end_ms: 320 },
    ]);
  });

  it('asks tools and goes on when it has all the answers', async () => {
    const call = (id: string) => ({
      type: 'response.output_item.done',
      response_id: 'r',
      item: { type: 'function_call', name: 'askAgent', call_id: id, arguments: '{"question":"Hours?"}' },
    });
    const { server, open } = await setup({
      answer: accepting((event, say) => {
        if (
          event.type === 'response.create' &&
          server.received.filter(({ type }) => type === 'response.create').length === 1
        ) {
          say({ type: 'response.created', response: { id: 'r' } });
          say(call('c1'));
          say(call('c2'));
          say(call('c1'));
          say({ type: 'response.done', response: { id: 'r', status: 'completed' } });
        } else if (event.type === 'response.create')
          for (const part of [...spokenResponse('s', 'Nine.'), ...responseEnd('s', 'Nine.')]) say(part);
      }),
    });
    const stream = await open();
    stream.send({ type: 'text', role: 'user', text: 'Hours?' });
    const events: EngineEvent[] = [];
    for await (const event of stream.events) {
      events.push(event);
      if (event.type === 'tool-use') {
        stream.send({ type: 'tool-result', toolUseId: event.toolUseId, content: { answer: 'nine' } });
        stream.send({ type: 'tool-result', toolUseId: event.toolUseId, content: 'again' });
      }
      if (event.type === 'response-ended') await stream.close();
    }
    expect(events.map(({ type }) => type)).toEqual([
      'tool-use',
      'tool-use',
      'audio',
      'agent-text',
      'agent-text',
      'usage',
      'response-ended',
    ]);
    const output = (callId: string) => ({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: callId, output: '{"answer":"nine"}' },
    });
    expect(server.received.slice(5).filter(({ type }) => type !== 'response.create')).toEqual([
      output('c1'),
      output('c2'),
    ]);
  });

  it('tells why it could not be opened', async () => {
    const kinds: string[] = [];
    for (const refuse of [401, 429, 404, 503]) {
      const { open, server } = await setup({ refuse, answer: () => undefined });
      kinds.push(await open().then(() => 'open', kindOf));
      await server.close();
    }
    const { open } = await setup({
      answer: (_, say) => say({ type: 'error', error: { type: 'invalid_request_error', message: 'No such voice.' } }),
    });
    kinds.push(await open().then(() => 'open', kindOf));
    expect(kinds).toEqual(['denied', 'throttled', 'invalid', 'unavailable', 'invalid']);
  });

  it('survives an error that is not the end, and breaks with the kind of one that is', async () => {
    const { open } = await setup({
      answer: accepting((event, say, socket) => {
        if (event.type !== 'response.create') return;
        say({ type: 'error', error: { code: 'response_cancel_not_active' } });
        say({ type: 'error', error: { code: 'rate_limit_exceeded', message: 'Slow down.' } });
        say({ type: 'something.new' });
        socket.send('not JSON');
        say({ type: 'error', error: { code: 'session_expired', message: 'An hour is over.' } });
      }),
    });
    const stream = await open();
    stream.send({ type: 'say', text: 'Hello' });
    const seen: string[] = [];
    try {
      for await (const event of stream.events) seen.push(event.type === 'problem' ? event.error.kind : event.type);
    } catch (error) {
      seen.push(`broke: ${kindOf(error)}`);
    }
    expect(seen).toEqual(['throttled', 'broke: expired']);
  });

  it('breaks when the connection does, and falls silent when it is killed', async () => {
    const dying = await setup({
      answer: accepting((event, _, socket) => event.type === 'response.create' && socket.terminate()),
    });
    const stream = await dying.open();
    stream.send({ type: 'say', text: 'Hello' });
    await expect(stream.events[Symbol.asyncIterator]().next()).rejects.toMatchObject({ kind: 'unavailable' });
    await dying.server.close();
    const killed = await setup({ answer: accepting() });
    const second = await killed.open();
    killed.kill.abort();
    expect(await second.events[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
  });
});

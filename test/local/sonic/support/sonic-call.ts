import { type BedrockRuntimeClient, InvokeModelWithBidirectionalStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { asyncQueue } from '../../../../local/core/async-queue.ts';

type Members = Readonly<Record<string, unknown>>;
export type Event = Readonly<Record<string, Members>>;

export const MODEL = 'amazon.nova-2-sonic-v1:0';
export const PROMPT = 'p1';

/** Keeps the SDK from warning of every stream that fails, which the tests want them to. */
export const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

const named = (contentName: string) => ({ promptName: PROMPT, contentName });

export const sessionStart = (endpointingSensitivity = 'HIGH'): Event => ({
  sessionStart: {
    inferenceConfiguration: { maxTokens: 1024, topP: 0.9, temperature: 0.7 },
    turnDetectionConfiguration: { endpointingSensitivity },
  },
});

export const promptStart = (changes: Members = {}, tools: readonly object[] = []): Event => ({
  promptStart: {
    promptName: PROMPT,
    textOutputConfiguration: { mediaType: 'text/plain' },
    audioOutputConfiguration: {
      mediaType: 'audio/lpcm',
      sampleRateHertz: 24_000,
      sampleSizeBits: 16,
      channelCount: 1,
      voiceId: 'tiffany',
      encoding: 'base64',
      audioType: 'SPEECH',
      ...changes,
    },
    ...(tools.length > 0 && {
      toolUseOutputConfiguration: { mediaType: 'application/json' },
      toolConfiguration: { tools },
    }),
  },
});

export const contentEnd = (contentName: string): Event => ({ contentEnd: named(contentName) });

export const textStart = (contentName: string, role: string, interactive = false): Event => ({
  contentStart: {
    ...named(contentName),
    type: 'TEXT',
    interactive,
    role,
    textInputConfiguration: { mediaType: 'text/plain' },
  },
});
export const textInput = (contentName: string, content: string): Event => ({
  textInput: { ...named(contentName), content },
});
/** A whole text content. */
export const text = (contentName: string, role: string, content: string, interactive = false): Event[] => [
  textStart(contentName, role, interactive),
  textInput(contentName, content),
  contentEnd(contentName),
];

export const audioStart = (changes: Members = {}, contentName = 'audio'): Event => ({
  contentStart: {
    ...named(contentName),
    type: 'AUDIO',
    interactive: true,
    role: 'USER',
    audioInputConfiguration: {
      mediaType: 'audio/lpcm',
      sampleRateHertz: 16_000,
      sampleSizeBits: 16,
      channelCount: 1,
      audioType: 'SPEECH',
      encoding: 'base64',
      ...changes,
    },
  },
});
/** 32 ms at 16 kHz. */
export const FRAME_BYTES = 1024;
export const audio = (content = Buffer.alloc(FRAME_BYTES).toString('base64'), contentName = 'audio'): Event => ({
  audioInput: { ...named(contentName), content },
});

export const toolResult = (contentName: string, toolUseId: string, content: string): Event[] => [
  {
    contentStart: {
      ...named(contentName),
      interactive: false,
      type: 'TOOL',
      role: 'TOOL',
      toolResultInputConfiguration: {
        toolUseId,
        type: 'TEXT',
        textInputConfiguration: { mediaType: 'text/plain' },
      },
    },
  },
  { toolResult: { ...named(contentName), content } },
  contentEnd(contentName),
];

export const tool = (name: string, description: string, properties: readonly string[]) => ({
  toolSpec: {
    name,
    description,
    inputSchema: {
      json: JSON.stringify({
        type: 'object',
        properties: Object.fromEntries(properties.map((property) => [property, { type: 'string' }])),
        required: properties,
      }),
    },
  },
});

/** Everything up to the open microphone. */
export const opening = (system = 'You are kind.', tools: readonly object[] = []): Event[] => [
  sessionStart(),
  promptStart({}, tools),
  ...text('system', 'SYSTEM', system),
  audioStart(),
];

export const closing: readonly Event[] = [
  contentEnd('audio'),
  { promptEnd: { promptName: PROMPT } },
  { sessionEnd: {} },
];

/** One stream through the real client. */
export interface Call {
  readonly push: (...events: readonly Event[]) => void;
  /** Bytes as they are, in a chunk. */
  readonly pushBytes: (bytes: Uint8Array) => void;
  /** The events up to the first that fits, which is the last of them. Rejects with the stream's exception. */
  readonly until: (fits: (event: Event) => boolean) => Promise<Event[]>;
  /** The events up to the end. */
  readonly rest: () => Promise<Event[]>;
  /** Ends the input without a word. */
  readonly end: () => void;
}

const utf8 = new TextEncoder();

/** Opens a stream with what is to be sent first. Rejects when the first frame is an exception. */
export async function openCall(
  client: BedrockRuntimeClient,
  first: readonly Event[],
  { modelId = MODEL, abort }: { readonly modelId?: string; readonly abort?: AbortSignal } = {},
): Promise<Call> {
  const input = asyncQueue<{ chunk: { bytes: Uint8Array } }>(100_000, () => new Error('too much input'));
  const pushBytes = (bytes: Uint8Array) => input.push({ chunk: { bytes } });
  const push = (...events: readonly Event[]) => {
    for (const event of events) pushBytes(utf8.encode(JSON.stringify({ event })));
  };
  push(...first);
  const command = new InvokeModelWithBidirectionalStreamCommand({ modelId, body: input.items });
  const { body } = await client.send(command, abort ? { abortSignal: abort } : {}).catch((error: unknown) => {
    input.end();
    throw error;
  });
  if (!body) throw new Error('the answer has no stream');
  const output = body[Symbol.asyncIterator]();
  const next = async (): Promise<Event | undefined> => {
    const { value, done } = await output.next();
    if (done) return undefined;
    const bytes = value.chunk?.bytes;
    if (!bytes) throw new Error(`an event without bytes: ${JSON.stringify(value)}`);
    return (JSON.parse(Buffer.from(bytes).toString('utf8')) as { event: Event }).event;
  };
  const until = async (fits: (event: Event) => boolean): Promise<Event[]> => {
    const events: Event[] = [];
    for (;;) {
      const event = await next();
      if (event === undefined) throw new Error(`the stream ended after ${outline(events).join(' | ')}`);
      events.push(event);
      if (fits(event)) return events;
    }
  };
  const rest = async (): Promise<Event[]> => {
    const events: Event[] = [];
    for (let event = await next(); event; event = await next()) events.push(event);
    return events;
  };
  return { push, pushBytes, until, rest, end: () => input.end() };
}

export const is =
  (name: string, members: Members = {}) =>
  (event: Event): boolean =>
    event[name] !== undefined && Object.entries(members).every(([key, value]) => event[name]?.[key] === value);

export const endOfTurn = is('contentEnd', { type: 'TEXT', stopReason: 'END_TURN' });
export const interrupted = is('contentEnd', { stopReason: 'INTERRUPTED' });

/** Events in one line each, ids and audio left out; usage is left out whole, and audio in a row is one line. */
export function outline(events: readonly Event[]): string[] {
  const lines = events.flatMap((event): string[] => {
    const [[name, members] = ['', {} as Members]] = Object.entries(event);
    if (name === 'usageEvent') return [];
    if (name === 'contentStart') {
      const stage = /SPECULATIVE|FINAL/.exec(String(members.additionalModelFields))?.[0];
      return [['start', members.type, members.role, stage].filter(Boolean).join(' ')];
    }
    if (name === 'contentEnd') return [`end ${String(members.type)} ${String(members.stopReason)}`];
    if (name === 'textOutput') return [`${String(members.role)}: ${String(members.content)}`];
    if (name === 'toolUse') return [`${String(members.toolName)} ${String(members.content)}`];
    return [name];
  });
  return lines.filter((line, index) => line !== 'audioOutput' || lines[index - 1] !== 'audioOutput');
}

/** A stream of bytes both ways. */
export async function openRaw(
  client: BedrockRuntimeClient,
  input: AsyncIterable<Uint8Array>,
  { modelId, abort }: { readonly modelId: string; readonly abort: AbortSignal },
): Promise<AsyncIterable<Uint8Array>> {
  const chunks = async function* () {
    for await (const bytes of input) yield { chunk: { bytes } };
  };
  const command = new InvokeModelWithBidirectionalStreamCommand({ modelId, body: chunks() });
  const { body } = await client.send(command, { abortSignal: abort });
  return (async function* () {
    for await (const { chunk } of body ?? []) if (chunk?.bytes) yield chunk.bytes;
  })();
}

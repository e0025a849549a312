import * as z from 'zod';
import { validation } from '../../bedrock/common.ts';

/** Sample rates of speech in and out (Nova 2 user guide, "Handling input events"). */
const SampleRate = z.union([z.literal(8000), z.literal(16_000), z.literal(24_000)]);
const TextMedia = z.object({ mediaType: z.literal('text/plain') });
const Linear16 = {
  mediaType: z.literal('audio/lpcm'),
  sampleRateHertz: SampleRate,
  sampleSizeBits: z.literal(16),
  channelCount: z.literal(1),
  audioType: z.literal('SPEECH').optional(),
  encoding: z.literal('base64').optional(),
};
const Name = z.string().min(1);
const Named = { promptName: Name, contentName: Name };

const ToolSpec = z.object({
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
  description: z.string().optional(),
  inputSchema: z.object({ json: z.string() }),
});

const TextStart = z.object({
  ...Named,
  type: z.literal('TEXT'),
  interactive: z.boolean().default(false),
  role: z.enum(['SYSTEM', 'SYSTEM_SPEECH', 'USER', 'ASSISTANT']),
  textInputConfiguration: TextMedia,
});
const AudioStart = z.object({
  ...Named,
  type: z.literal('AUDIO'),
  interactive: z.literal(true),
  role: z.literal('USER'),
  audioInputConfiguration: z.object(Linear16),
});
const ToolStart = z.object({
  ...Named,
  type: z.literal('TOOL'),
  interactive: z.literal(false).optional(),
  role: z.literal('TOOL'),
  toolResultInputConfiguration: z.object({
    toolUseId: Name,
    type: z.literal('TEXT'),
    textInputConfiguration: TextMedia,
  }),
});

const EVENTS = {
  sessionStart: z.object({
    inferenceConfiguration: z
      .object({
        maxTokens: z.int().positive().optional(),
        topP: z.number().min(0).max(1).optional(),
        temperature: z.number().min(0).max(1).optional(),
      })
      .optional(),
    turnDetectionConfiguration: z
      .object({ endpointingSensitivity: z.enum(['HIGH', 'MEDIUM', 'LOW']).optional() })
      .optional(),
  }),
  promptStart: z.object({
    promptName: Name,
    textOutputConfiguration: TextMedia.optional(),
    audioOutputConfiguration: z.object({ ...Linear16, voiceId: z.string() }),
    toolUseOutputConfiguration: z.object({ mediaType: z.literal('application/json') }).optional(),
    toolConfiguration: z
      .object({ tools: z.array(z.object({ toolSpec: ToolSpec })), toolChoice: z.json().optional() })
      .optional(),
  }),
  contentStart: z.discriminatedUnion('type', [TextStart, AudioStart, ToolStart]),
  textInput: z.object({ ...Named, content: z.string() }),
  audioInput: z.object({ ...Named, content: z.base64() }),
  toolResult: z.object({ ...Named, content: z.string() }),
  contentEnd: z.object(Named),
  promptEnd: z.object({ promptName: Name }),
  sessionEnd: z.object({}),
};

type Events = { readonly [Kind in keyof typeof EVENTS]: z.output<(typeof EVENTS)[Kind]> };

/** One input event: its name and its members. */
export type InputEvent = {
  readonly [Kind in keyof Events]: { readonly kind: Kind; readonly event: Events[Kind] };
}[keyof Events];
export type ContentStart = Events['contentStart'];
export type PromptStart = Events['promptStart'];
export type Sensitivity = 'HIGH' | 'MEDIUM' | 'LOW';
export type SampleRateHertz = z.output<typeof SampleRate>;

/** What Nova Sonic says of any event it cannot read. */
const unreadable = () => validation('Unable to parse input chunk. Please check input format contains correct values.');

const Envelope = z.object({ event: z.record(z.string(), z.unknown()) });

const isKind = (name: string): name is keyof typeof EVENTS => Object.hasOwn(EVENTS, name);

/** Reads one chunk, the UTF-8 JSON `{"event":{"<name>":{…}}}`. Throws `ValidationException`. */
export function readInputEvent(bytes: Uint8Array): InputEvent {
  const envelope = Envelope.safeParse(parseJson(bytes));
  if (!envelope.success) throw unreadable();
  const [[kind, members] = ['', undefined], ...more] = Object.entries(envelope.data.event);
  if (more.length > 0 || !isKind(kind)) throw unreadable();
  const event = EVENTS[kind].safeParse(members);
  if (!event.success) throw unreadable();
  return { kind, event: event.data } as InputEvent;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

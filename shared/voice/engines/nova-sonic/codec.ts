import { type AudioFormat, bytesPerMs } from '../../../../audio/format.ts';
import type { Endpointing, EngineSettings, HistoryTurn } from '../speech-engine.ts';
import { OUTPUT_SCHEMAS, PLAIN_TEXT, type SonicInput, type SonicOutput } from './events.ts';
import { textPieces } from './history.ts';

/** A spoken answer is a few sentences; the rest is what AWS's own examples send. */
const INFERENCE = { maxTokens: 1024, topP: 0.9, temperature: 0.7 } as const;

/** The guide asks for frames of about 32 ms, as captured. */
const FRAME_MS = 32;

const SENSITIVITY = { low: 'LOW', medium: 'MEDIUM', high: 'HIGH' } as const satisfies Record<Endpointing, string>;

const speechFormat = ({ sampleRateHertz }: AudioFormat) =>
  ({
    mediaType: 'audio/lpcm',
    sampleRateHertz,
    sampleSizeBits: 16,
    channelCount: 1,
    audioType: 'SPEECH',
    encoding: 'base64',
  }) as const;

/** Begins the stream and its one prompt: voice, formats, tools. */
export const opening = (settings: EngineSettings, promptName: string): readonly SonicInput[] => [
  {
    sessionStart: {
      inferenceConfiguration: INFERENCE,
      turnDetectionConfiguration: { endpointingSensitivity: SENSITIVITY[settings.endpointing] },
    },
  },
  {
    promptStart: {
      promptName,
      textOutputConfiguration: PLAIN_TEXT,
      audioOutputConfiguration: { ...speechFormat(settings.output), voiceId: settings.voice },
      ...(settings.tools.length > 0 && {
        toolUseOutputConfiguration: { mediaType: 'application/json' },
        toolConfiguration: {
          tools: settings.tools.map(({ name, description, inputSchema }) => ({
            toolSpec: { name, description, inputSchema: { json: JSON.stringify(inputSchema) } },
          })),
        },
      }),
    },
  },
];

interface Content {
  readonly promptName: string;
  readonly contentName: string;
}

/** One whole container of text. `interactive`: said during the call, the model answers it (Nova 2's cross-modal input). */
export const textContent = (
  content: Content,
  role: 'SYSTEM' | 'USER' | 'ASSISTANT',
  text: string,
  interactive: boolean,
): readonly SonicInput[] => [
  { contentStart: { ...content, type: 'TEXT', interactive, role, textInputConfiguration: PLAIN_TEXT } },
  ...textPieces(text).map((piece) => ({ textInput: { ...content, content: piece } })),
  { contentEnd: content },
];

/** A turn of before, sent after the system prompt and before any audio. */
export const historyContent = (content: Content, { role, text }: HistoryTurn): readonly SonicInput[] =>
  textContent(content, role === 'user' ? 'USER' : 'ASSISTANT', text, false);

/** Opens the one container that all audio of the call goes into. */
export const audioStart = (content: Content, format: AudioFormat): SonicInput => ({
  contentStart: {
    ...content,
    type: 'AUDIO',
    interactive: true,
    role: 'USER',
    audioInputConfiguration: speechFormat(format),
  },
});

/** Audio of any length as events of at most 32 ms; a last odd byte (half a sample) is left out. */
export const audioInputs = (content: Content, audio: Uint8Array, format: AudioFormat): readonly SonicInput[] => {
  const frameBytes = FRAME_MS * bytesPerMs(format);
  const whole = audio.length - (audio.length % 2);
  const frames: SonicInput[] = [];
  for (let start = 0; start < whole; start += frameBytes) {
    const frame = audio.subarray(start, Math.min(start + frameBytes, whole));
    frames.push({
      audioInput: {
        ...content,
        content: Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('base64'),
      },
    });
  }
  return frames;
};

/** One whole container with the answer to a tool use. The model wants a JSON object: anything else is put into one. */
export const toolResult = (content: Content, toolUseId: string, result: unknown): readonly SonicInput[] => {
  const isObject = typeof result === 'object' && result !== null && !Array.isArray(result);
  return [
    {
      contentStart: {
        ...content,
        type: 'TOOL',
        interactive: false,
        role: 'TOOL',
        toolResultInputConfiguration: { toolUseId, type: 'TEXT', textInputConfiguration: PLAIN_TEXT },
      },
    },
    { toolResult: { ...content, content: JSON.stringify(isObject ? result : { result: result ?? null }) } },
    { contentEnd: content },
  ];
};

/** Ends the stream in the order the guide demands. */
export const closing = (audio: Content): readonly SonicInput[] => [
  { contentEnd: audio },
  { promptEnd: { promptName: audio.promptName } },
  { sessionEnd: {} },
];

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const encodeInput = (event: SonicInput): Uint8Array => encoder.encode(JSON.stringify({ event }));

const unknown = (name: string): SonicOutput => ({ type: 'unknown', name });

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isKnown = (name: string): name is keyof typeof OUTPUT_SCHEMAS => Object.hasOwn(OUTPUT_SCHEMAS, name);

/** One chunk of the model's output. Never throws: what is not understood is `unknown`. */
export const decodeOutput = (bytes: Uint8Array): SonicOutput => {
  const chunk = parsedJson(decoder.decode(bytes));
  if (!isRecord(chunk) || !isRecord(chunk.event)) return unknown('(no event)');
  const [name, body] = Object.entries(chunk.event)[0] ?? ['(empty event)', undefined];
  if (!isKnown(name)) return unknown(name);
  const parsed = OUTPUT_SCHEMAS[name].safeParse(body);
  // The name decides the body's schema; TypeScript cannot follow that through the table.
  return parsed.success ? ({ type: name, body: parsed.data } as SonicOutput) : unknown(name);
};

/** SPECULATIVE or FINAL, out of a content's `additionalModelFields`. */
export const generationStage = (additionalModelFields: string | undefined): 'speculative' | 'final' | undefined => {
  const fields = additionalModelFields === undefined ? undefined : parsedJson(additionalModelFields);
  const stage = isRecord(fields) ? fields.generationStage : undefined;
  if (stage === 'SPECULATIVE') return 'speculative';
  return stage === 'FINAL' ? 'final' : undefined;
};

/** Whether a text is the sign `{ "interrupted" : true }` and not words. */
export const isInterruptionSign = (text: string): boolean => {
  if (!text.trimStart().startsWith('{')) return false;
  const parsed = parsedJson(text);
  return isRecord(parsed) && parsed.interrupted === true;
};

/** The arguments of a tool use; as they came when they are not JSON. */
export const toolInput = (content: string | undefined): unknown => {
  if (content === undefined || content.trim() === '') return {};
  return parsedJson(content) ?? content;
};

import * as z from 'zod';

/** What is sent to Nova Sonic: the inside of `{"event":{…}}` (nova2-userguide `sonic-input-events`, read 2026-11). */
export type SonicInput =
  | {
      readonly sessionStart: {
        readonly inferenceConfiguration: {
          readonly maxTokens: number;
          readonly topP: number;
          readonly temperature: number;
        };
        readonly turnDetectionConfiguration: { readonly endpointingSensitivity: 'HIGH' | 'MEDIUM' | 'LOW' };
      };
    }
  | { readonly promptStart: PromptStart }
  | { readonly contentStart: ContentStart }
  | { readonly textInput: ContentPiece }
  | { readonly audioInput: ContentPiece }
  | { readonly toolResult: ContentPiece }
  | { readonly contentEnd: ContentName }
  | { readonly promptEnd: { readonly promptName: string } }
  | { readonly sessionEnd: Readonly<Record<string, never>> };

interface ContentName {
  readonly promptName: string;
  readonly contentName: string;
}

interface ContentPiece extends ContentName {
  readonly content: string;
}

interface SpeechFormat {
  readonly mediaType: 'audio/lpcm';
  readonly sampleRateHertz: number;
  readonly sampleSizeBits: 16;
  readonly channelCount: 1;
  readonly audioType: 'SPEECH';
  readonly encoding: 'base64';
}

interface PromptStart {
  readonly promptName: string;
  readonly textOutputConfiguration: { readonly mediaType: 'text/plain' };
  readonly audioOutputConfiguration: SpeechFormat & { readonly voiceId: string };
  readonly toolUseOutputConfiguration?: { readonly mediaType: 'application/json' };
  readonly toolConfiguration?: {
    readonly tools: readonly {
      readonly toolSpec: {
        readonly name: string;
        readonly description: string;
        readonly inputSchema: { readonly json: string };
      };
    }[];
  };
}

const PLAIN_TEXT = { mediaType: 'text/plain' } as const;
type PlainText = typeof PLAIN_TEXT;

type ContentStart = ContentName &
  (
    | {
        readonly type: 'TEXT';
        readonly interactive: boolean;
        readonly role: 'SYSTEM' | 'USER' | 'ASSISTANT';
        readonly textInputConfiguration: PlainText;
      }
    | {
        readonly type: 'AUDIO';
        readonly interactive: true;
        readonly role: 'USER';
        readonly audioInputConfiguration: SpeechFormat;
      }
    | {
        readonly type: 'TOOL';
        readonly interactive: false;
        readonly role: 'TOOL';
        readonly toolResultInputConfiguration: {
          readonly toolUseId: string;
          readonly type: 'TEXT';
          readonly textInputConfiguration: PlainText;
        };
      }
  );

const tokens = z.number().nonnegative().catch(0).optional();
const TokenCounts = z
  .object({
    input: z.object({ speechTokens: tokens, textTokens: tokens }).optional(),
    output: z.object({ speechTokens: tokens, textTokens: tokens }).optional(),
  })
  .optional();

/** Only what we read: fields that a newer model adds must not break a call. */
export const OUTPUT_SCHEMAS = {
  completionStart: z.object({ completionId: z.string().optional() }),
  contentStart: z.object({
    contentId: z.string(),
    type: z.enum(['TEXT', 'AUDIO', 'TOOL']),
    role: z.string().optional(),
    /** JSON: `{"generationStage":"SPECULATIVE"}`. */
    additionalModelFields: z.string().optional(),
  }),
  textOutput: z.object({ contentId: z.string().optional(), role: z.string().optional(), content: z.string() }),
  audioOutput: z.object({ contentId: z.string().optional(), content: z.string() }),
  toolUse: z.object({
    contentId: z.string().optional(),
    toolUseId: z.string().min(1),
    toolName: z.string().min(1),
    content: z.string().optional(),
  }),
  contentEnd: z.object({
    contentId: z.string().optional(),
    type: z.string().optional(),
    stopReason: z.string().optional(),
  }),
  completionEnd: z.object({ stopReason: z.string().optional() }),
  usageEvent: z.object({ details: z.object({ delta: TokenCounts }).optional() }),
} as const;

type Schemas = typeof OUTPUT_SCHEMAS;
type OutputName = keyof Schemas;

/** What Nova Sonic says. `unknown`: an event we do not know, or one that is not what it should be. */
export type SonicOutput =
  | { readonly [Name in OutputName]: { readonly type: Name; readonly body: z.output<Schemas[Name]> } }[OutputName]
  | { readonly type: 'unknown'; readonly name: string };

export { PLAIN_TEXT };

import { decodeOutput } from '../../../../shared/voice/engines/nova-sonic/codec.ts';
import type { SonicOutput } from '../../../../shared/voice/engines/nova-sonic/events.ts';

/** Output events in the form of the wire, by short names. */
export const out = {
  completionStart: () => ({ completionStart: { completionId: 'c1', sessionId: 's1' } }),
  start: (contentId: string, type: 'TEXT' | 'AUDIO' | 'TOOL', role: string, stage?: 'SPECULATIVE' | 'FINAL') => ({
    contentStart: {
      contentId,
      type,
      role,
      ...(stage && { additionalModelFields: JSON.stringify({ generationStage: stage }) }),
    },
  }),
  text: (contentId: string, content: string, role = 'ASSISTANT') => ({ textOutput: { contentId, content, role } }),
  audio: (contentId: string, bytes: readonly number[] = [1, 0]) => ({
    audioOutput: { contentId, content: Buffer.from(bytes).toString('base64') },
  }),
  tool: (contentId: string, toolUseId: string, toolName: string, input: unknown) => ({
    toolUse: { contentId, toolUseId, toolName, content: JSON.stringify(input) },
  }),
  end: (contentId: string, stopReason: string) => ({ contentEnd: { contentId, stopReason } }),
  completionEnd: (stopReason = 'END_TURN') => ({ completionEnd: { stopReason } }),
  usage: (speechIn: number, textIn: number, speechOut: number, textOut: number) => ({
    usageEvent: {
      totalInputTokens: 0,
      details: {
        delta: {
          input: { speechTokens: speechIn, textTokens: textIn },
          output: { speechTokens: speechOut, textTokens: textOut },
        },
      },
    },
  }),
};

export const chunkOf = (event: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify({ event }));

export const decoded = (event: unknown): SonicOutput => decodeOutput(chunkOf(event));

/** One text container, whole. */
export const textBlock = (
  contentId: string,
  role: 'USER' | 'ASSISTANT',
  stage: 'SPECULATIVE' | 'FINAL',
  text: string,
  stopReason = 'PARTIAL_TURN',
) => [out.start(contentId, 'TEXT', role, stage), out.text(contentId, text, role), out.end(contentId, stopReason)];

/** A sentence of the agent: what it will say, its audio, what it said. */
export const sentence = (id: string, text: string, { frames = 2, last = true } = {}) => [
  ...textBlock(`${id}-s`, 'ASSISTANT', 'SPECULATIVE', text),
  out.start(`${id}-a`, 'AUDIO', 'ASSISTANT'),
  ...Array.from({ length: frames }, (_, index) => out.audio(`${id}-a`, [index + 1, 0])),
  out.end(`${id}-a`, last ? 'END_TURN' : 'PARTIAL_TURN'),
  ...textBlock(`${id}-f`, 'ASSISTANT', 'FINAL', text, last ? 'END_TURN' : 'PARTIAL_TURN'),
];

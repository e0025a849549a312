import * as z from 'zod';
import type { HandoffAttribute } from './flow/actions.ts';
import { CONTACT_EVENTS, type ContactNext } from './flow/contact-flows.ts';

const Endpoint = z.object({ Address: z.string().min(1).max(256), Type: z.string() }).nullish();

/** What a flow sends a function (adminguide, "Invoke AWS Lambda functions"); only what we read of it. */
export const ContactFlowEvent = z.object({
  Details: z.object({
    ContactData: z.object({
      ContactId: z.string().min(1).max(256),
      /** The first of a chain of transfers. */
      InitialContactId: z.string().min(1).max(256).nullish(),
      Channel: z.enum(['VOICE', 'CHAT', 'TASK', 'EMAIL']),
      CustomerEndpoint: Endpoint,
      SystemEndpoint: Endpoint,
      InstanceARN: z.string().min(1).max(256),
      Attributes: z.record(z.string(), z.string()).nullish(),
    }),
    /** What our flows pass on; an attribute that is not set comes as an empty text. */
    Parameters: z.object({
      event: z.enum(CONTACT_EVENTS),
      text: z.string().max(10_000).nullish(),
      turn: z.string().max(16).nullish(),
      account: z.string().max(128).nullish(),
    }),
  }),
});
export type ContactFlowEvent = z.output<typeof ContactFlowEvent>;

/** The flat map of texts that a flow reads as `$.External`. */
export type ContactAnswer = {
  readonly next: ContactNext;
  readonly message: string;
  readonly turn: string;
} & { readonly [Name in HandoffAttribute]?: string };

/** Lambda's answer to a flow may have this size (adminguide, "Invoke AWS Lambda functions"). */
export const MAX_ANSWER_BYTES = 32 * 1024;
/** Most characters that Connect speaks in one prompt (Amazon Polly: 3,000 billed characters a request). */
const MAX_SPOKEN = 3000;

/** The answer as Connect takes it: what is said clipped to what can be spoken, all of it within the size. */
export const flatAnswer = (answer: ContactAnswer): Readonly<Record<string, string>> => {
  const flat = { ...answer, message: clippedText(answer.message, MAX_SPOKEN) };
  if (Buffer.byteLength(JSON.stringify(flat)) <= MAX_ANSWER_BYTES) return flat;
  // Only what goes to a person can be that long.
  const { summary = '', collected: _collected, ...rest } = flat;
  return { ...rest, summary: clippedText(summary, 2000), collected: '{}' };
};

/** Cut at the end of a sentence, or at least not within a character. */
export const clippedText = (text: string, characters: number): string => {
  if (text.length <= characters) return text;
  const cut = text.slice(0, characters - 1).replace(/[\uD800-\uDBFF]$/, '');
  const sentence = /^[\s\S]*[.!?](?=\s)/.exec(cut)?.[0];
  return sentence !== undefined && sentence.length > characters / 2 ? sentence : `${cut}…`;
};

/** What an agent wrote, as it is said: without marks of Markdown, numbers of citations and bare addresses. */
export const spokenText = (text: string): string =>
  text
    .replaceAll(/\s*\[\d+\]/g, '')
    .replaceAll(/\[([^\]]+)\]\(([^)]+)\)/g, '$1')
    .replaceAll(/^\s*(?:#{1,6}|[-*•]|\d+\.)\s+/gm, '')
    .replaceAll(/[*_`~]{1,3}/g, '')
    .replaceAll('$', '')
    .replaceAll(/\s*\n+\s*/g, ' ')
    .trim();

import type {
  ChatEvent,
  ChatModel,
  ChatRequest,
  HearingEvent,
  SpeechRequest,
  SpeechToText,
  TextToSpeech,
} from '../../../../shared/voice/engines/cascade/ports.ts';
import { createEventQueue } from '../../../../shared/voice/engines/event-queue.ts';

const PCM = { encoding: 'pcm16', sampleRateHertz: 16_000 } as const;
/** 100 ms of audio. */
export const TENTH = new Uint8Array(3200).fill(1);

/** Ears that hear what the test says. */
export const scriptedEars = () => {
  const events = createEventQueue<HearingEvent>(1000, () => new Error('full'));
  const pushed: Uint8Array[] = [];
  let isClosed = false;
  const ears: SpeechToText = {
    formats: [PCM],
    open: () =>
      Promise.resolve({
        push: (audio) => void pushed.push(audio),
        events: events.items,
        droppedFrames: () => 0,
        close: () => {
          isClosed = true;
          events.end();
        },
      }),
  };
  return { ears, pushed, hears: events.push, breaks: events.end, isClosed: () => isClosed };
};

type Line = ChatEvent | Error | Promise<unknown>;

/** A mind that answers in the words of the script, one entry a request; it waits where a promise stands. */
export const scriptedMind = (script: readonly (readonly Line[])[]) => {
  const requests: Omit<ChatRequest, 'signal'>[] = [];
  const mind: ChatModel = {
    async *answer({ signal, ...request }) {
      const lines = script[requests.length] ?? [];
      requests.push(request);
      for (const line of lines) {
        if (line instanceof Error) throw line;
        if (line instanceof Promise) await line;
        else if (!signal.aborted) yield line;
      }
    },
  };
  return { mind, requests };
};

/** A mouth that makes 100 ms of audio of each sentence; it waits at sentences that `holds` names. */
export const scriptedMouth = (holds: Readonly<Record<string, Promise<unknown>>> = {}) => {
  const spoken: string[] = [];
  const mouth: TextToSpeech = {
    formats: [PCM],
    async *speak({ text }: SpeechRequest) {
      spoken.push(text);
      yield TENTH;
      await holds[text];
      if (holds[text]) yield TENTH;
    },
  };
  return { mouth, spoken };
};

export const words = (text: string): ChatEvent => ({ type: 'text', text });

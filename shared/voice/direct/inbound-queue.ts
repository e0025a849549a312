import type { InboundMessage } from '../session/transport.ts';

/** Messages waiting for the session's one reader. */
export interface InboundQueue {
  readonly push: (message: InboundMessage) => void;
  /** What is queued is still read. */
  readonly end: () => void;
  readonly messages: AsyncIterable<InboundMessage>;
}

/** Ten seconds of 20 ms frames: a session that far behind no longer answers what is being said. */
const MAX_AUDIO_FRAMES = 500;

/** Bounded: the oldest audio is dropped and counted as lost, other messages never (their rate is limited before). */
export function inboundQueue(): InboundQueue {
  let queue: InboundMessage[] = [];
  let audioFrames = 0;
  let isOver = false;
  let wake = Promise.withResolvers<void>();

  const dropOldestAudio = (): void => {
    const index = queue.findIndex(({ type }) => type === 'audio');
    const before = queue[index - 1];
    if (before?.type === 'lost') queue.splice(index - 1, 2, { type: 'lost', frames: before.frames + 1 });
    else queue.splice(index, 1, { type: 'lost', frames: 1 });
    audioFrames -= 1;
  };
  async function* read(): AsyncGenerator<InboundMessage, void, undefined> {
    while (true) {
      const batch = queue;
      queue = [];
      audioFrames = 0;
      yield* batch;
      if (queue.length > 0) continue;
      if (isOver) return;
      await wake.promise;
      wake = Promise.withResolvers<void>();
    }
  }
  return {
    push: (message) => {
      if (isOver) return;
      queue.push(message);
      if (message.type === 'audio') audioFrames += 1;
      if (audioFrames > MAX_AUDIO_FRAMES) dropOldestAudio();
      wake.resolve();
    },
    end: () => {
      isOver = true;
      wake.resolve();
    },
    messages: read(),
  };
}

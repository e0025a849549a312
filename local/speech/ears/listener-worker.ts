import { parentPort, workerData } from 'node:worker_threads';
import { DISMISSAL } from '../workers/dismiss.ts';
import { type Listener, makeListener } from './listener.ts';
import type { FromListener, ToListener } from './listener-thread.ts';
import { loadSherpa, type Vad } from './sherpa.ts';
import { DETECTOR, EAR_HERTZ } from './turn-taking.ts';

if (!parentPort) throw new Error('This file runs as a worker thread.');
const port = parentPort;
const modelPath: string = workerData;
const sherpa = loadSherpa();

const makeVad = (): Vad =>
  new sherpa.Vad(
    {
      sileroVad: {
        model: modelPath,
        threshold: 0.5,
        minSpeechDuration: DETECTOR.minSpeechMs / 1000,
        minSilenceDuration: DETECTOR.minSilenceMs / 1000,
        maxSpeechDuration: 20,
        windowSize: 512,
      },
      sampleRate: EAR_HERTZ,
      numThreads: 1,
      debug: 0,
    },
    30,
  );

/** Each detector holds a model of its own: those of closed ears wait for the next ear. */
const spare: Vad[] = [makeVad()];
const ears = new Map<number, { readonly vad: Vad; readonly listener: Listener }>();

const say = (message: FromListener): void => port.postMessage(message);

port.on('message', (message: ToListener | typeof DISMISSAL) => {
  if (message === DISMISSAL) return port.close();
  if (message.type === 'open') {
    const vad = spare.pop() ?? makeVad();
    ears.set(message.ear, { vad, listener: makeListener(vad, message) });
  }
  if (message.type === 'audio') {
    const effects = ears.get(message.ear)?.listener.accept(message.pcm) ?? [];
    say({ ear: message.ear, bytes: message.pcm.length, effects });
  }
  if (message.type === 'close') {
    const vad = ears.get(message.ear)?.vad;
    ears.delete(message.ear);
    vad?.reset();
    vad?.clear();
    if (vad) spare.push(vad);
  }
});

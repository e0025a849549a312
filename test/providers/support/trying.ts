import type { UserId } from '../../../shared/kernel/ids.ts';
import { ProblemError } from '../../../shared/kernel/problems.ts';
import { ProbeAnswer } from '../../../shared/providers/probe-outcome.ts';
import { providerNetwork } from '../../../shared/providers/provider-network.ts';
import { TestProviderBody } from '../../../shared/providers/provider-requests.ts';
import { ProviderHeardView } from '../../../shared/providers/provider-views.ts';
import { type SpeakToProviderDeps, speakToProvider } from '../../../shared/providers/speak-to-provider.ts';
import { type TestProviderDeps, testProvider } from '../../../shared/providers/test-provider.ts';
import type { TextToSpeech } from '../../../shared/voice/engines/cascade/ports.ts';
import { systemSessionClock } from '../../../shared/voice/relay/system-session-clock.ts';
import { speechLike } from './provider-server.ts';

/** Says what ears are to hear. */
const reader: TextToSpeech = {
  formats: [{ encoding: 'pcm16', sampleRateHertz: 16_000 }],
  async *speak({ text, format }) {
    yield speechLike(text.length, format.sampleRateHertz);
  },
};

/** Opens only for whom it was closed. */
export const testSeal = {
  close: async (key: string, to: object) => `${JSON.stringify(to)}${key}`,
  open: async (sealed: string, to: object) => {
    const label = JSON.stringify(to);
    if (!sealed.startsWith(label)) throw new Error('The ciphertext is not one of this key and context.');
    return sealed.slice(label.length);
  },
};

/** What speaking to providers needs, on loopback. */
export const speaking = (): SpeakToProviderDeps => ({
  network: providerNetwork('public-and-loopback'),
  seal: testSeal,
  parts: { tts: reader },
  // Time is the machine's, but nobody waits for frames to be spoken.
  clock: { ...systemSessionClock(), sleep: async () => new Promise((resolve) => setImmediate(resolve)) },
  speechModelId: 'amazon.nova-2-sonic-v1:0',
  textModelId: 'us.amazon.nova-2-lite-v1:0',
  timeoutMs: 2000,
});

/** Tries a provider as `POST /providers/test` does: what was heard, or the problem. */
export const tryingWith =
  (speakingNow: () => SpeakToProviderDeps) =>
  async (part: string, config: Readonly<Record<string, unknown>>, more: Partial<TestProviderDeps> = {}) => {
    const deps: TestProviderDeps = {
      agents: { find: async () => undefined },
      providerKeys: { read: async () => ({}) },
      probe: async (request) => ProbeAnswer.parse(await speakToProvider(speakingNow())(request)),
      seal: testSeal,
      addresses: 'public-and-loopback',
      clock: systemSessionClock(),
      ...more,
    };
    try {
      const { body } = await testProvider(deps)(request({ part, config }));
      return ProviderHeardView.parse(body);
    } catch (error) {
      if (error instanceof ProblemError) return { code: error.code, detail: error.message };
      throw error;
    }
  };

const request = (body: object) => ({
  userId: 'ann' as UserId,
  params: {},
  query: {},
  rawQuery: '',
  files: [],
  bodyKind: 'json' as const,
  headers: {},
  origin: 'https://api.example',
  basePath: '/api/v1',
  requestId: 'r',
  body: TestProviderBody.parse(body),
});

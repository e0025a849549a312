import {
  DescribeVoicesCommand,
  PollyClient,
  SynthesizeSpeechCommand,
  type SynthesizeSpeechInput,
} from '@aws-sdk/client-polly';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeMuLaw } from '../../../audio/mulaw.ts';
import { samplesOf } from '../../../audio/pcm.ts';
import { makePolly } from '../../../local/services/polly/index.ts';
import { scriptedSpeech } from '../support/scripted-speech.ts';
import { hostServices } from '../support/service-host.ts';

let speech: ReturnType<typeof scriptedSpeech>;
let host: Awaited<ReturnType<typeof startHost>>;
let polly: PollyClient;

const startHost = () =>
  hostServices({
    make: (context) => ({ polly: makePolly(context, { speech: async () => speech.speech }) }),
    policy: [{ Effect: 'Allow', Action: 'polly:SynthesizeSpeech', Resource: '*' }],
  });

beforeEach(async () => {
  speech = scriptedSpeech();
  host = await startHost();
  polly = new PollyClient(host.root);
});
afterEach(async () => {
  polly.destroy();
  await host.discard();
});

const REQUEST: SynthesizeSpeechInput = { Text: 'Good day.', VoiceId: 'Joanna', Engine: 'neural', OutputFormat: 'pcm' };

const synthesize = async (changes: Partial<SynthesizeSpeechInput> = {}, client = polly) => {
  const answer = await client.send(new SynthesizeSpeechCommand({ ...REQUEST, ...changes }));
  const bytes = Buffer.from((await answer.AudioStream?.transformToByteArray()) ?? []);
  return { bytes, type: answer.ContentType, characters: answer.RequestCharacters };
};

/** The scripted mouth's 100 ms a word. */
const words = (count: number, rate: number) => Buffer.alloc(count * rate * 0.2, 1);

test('text is spoken as PCM at either rate and as µ-law', async () => {
  const mulaw = Buffer.from(encodeMuLaw(samplesOf(words(2, 8000))));
  expect([
    await synthesize(),
    await synthesize({ SampleRate: '8000' }),
    await synthesize({ OutputFormat: 'mulaw', SampleRate: '8000' }),
  ]).toEqual([
    { bytes: words(2, 16_000), type: 'audio/pcm', characters: 9 },
    { bytes: words(2, 8000), type: 'audio/pcm', characters: 9 },
    { bytes: mulaw, type: 'audio/mulaw', characters: 9 },
  ]);
});

test('of SSML the words are spoken', async () => {
  const Text = '<speak>Fish <emphasis level="strong">&amp;</emphasis> chips<break time="1s"/></speak>';
  await synthesize({ TextType: 'ssml', Text });
  expect(speech.spoken).toEqual(['Fish & chips']);
});

const nameOf = async (changes: Partial<SynthesizeSpeechInput>, client = polly): Promise<string> =>
  synthesize(changes, client).then(
    () => 'none',
    (error: Error) => error.name,
  );

test.each<[Partial<SynthesizeSpeechInput>, string]>([
  [{ OutputFormat: 'mp3' }, 'ValidationException'],
  [{ OutputFormat: 'ogg_vorbis' }, 'ValidationException'],
  [{ SampleRate: '44100' }, 'InvalidSampleRateException'],
  [{ OutputFormat: 'mulaw', SampleRate: '16000' }, 'InvalidSampleRateException'],
  [{ VoiceId: 'Zhiyu' }, 'ValidationException'],
  [{ VoiceId: 'Arthur', Engine: 'standard' }, 'EngineNotSupportedException'],
  [{ TextType: 'ssml', Text: 'no markup' }, 'InvalidSsmlException'],
  [{ Text: 'x'.repeat(3001) }, 'TextLengthExceededException'],
  [{ LexiconNames: ['names'] }, 'LexiconNotFoundException'],
  [{ SpeechMarkTypes: ['word'] }, 'MarksNotSupportedForFormatException'],
])('a request with %j is a %s', async (changes, name) => {
  expect(await nameOf(changes)).toBe(name);
});

test('voices are listed by engine and language, to those who may', async () => {
  const worker = new PollyClient(host.role);
  const { Voices = [] } = await polly.send(new DescribeVoicesCommand({ Engine: 'standard', LanguageCode: 'en-GB' }));
  const listing = await worker.send(new DescribeVoicesCommand({})).catch((error: Error) => error.name);
  const spoken = await nameOf({}, worker);
  worker.destroy();
  expect([Voices.map(({ Id }) => Id), listing, spoken]).toEqual([
    ['Amy', 'Emma', 'Brian'],
    'AccessDeniedException',
    'none',
  ]);
});

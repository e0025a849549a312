import * as client from '@aws-sdk/client-polly';
import { encodeMuLaw } from '../../../audio/mulaw.ts';
import { samplesOf } from '../../../audio/pcm.ts';
import { defineSchemaService, type InputOf } from '../../core/schema-service.ts';
import { AwsError, type AwsService, type CloudContext } from '../../core/service.ts';
import type { Speech } from '../../speech/speech.ts';
import { VOICES } from './voices.ts';

/** Billed characters of one request (Polly developer guide, "Quotas"). */
const MAX_CHARACTERS = 3000;

type Synthesis = InputOf<typeof client, 'SynthesizeSpeech'>;

const invalid = (message: string): AwsError => new AwsError('ValidationException', message, 400);

/** Polly's `SynthesizeSpeech` (`pcm`, `mulaw`) and `DescribeVoices`. */
export const makePolly = (
  { region, accountId }: Pick<CloudContext, 'region' | 'accountId'>,
  { speech }: { readonly speech: () => Promise<Speech> },
): AwsService =>
  defineSchemaService({
    name: 'polly',
    signingName: 'polly',
    client,
    operations: {
      SynthesizeSpeech: async (input) => {
        const { format, sampleRateHertz } = formatOf(input);
        const text = textOf(input);
        const voice = voiceOf(input);
        const { speak } = await speech();
        return {
          AudioStream: encoded(speak(text, { voice, sampleRateHertz }), format),
          ContentType: format === 'pcm' ? 'audio/pcm' : 'audio/mulaw',
          RequestCharacters: text.length,
        };
      },
      DescribeVoices: ({ Engine, LanguageCode }) => ({
        Voices: VOICES.filter(
          (voice) =>
            (Engine === undefined || voice.SupportedEngines?.includes(Engine)) &&
            (LanguageCode === undefined || voice.LanguageCode === LanguageCode),
        ),
      }),
    },
    // Lexicons are the only resource of its own that synthesis can name (service authorization reference, "Polly").
    needs: (operation, input: { LexiconNames?: readonly string[] }) => {
      const action = `polly:${operation}`;
      const lexicons = input.LexiconNames ?? [];
      if (lexicons.length === 0) return [{ action, resource: '*' }];
      return lexicons.map((name) => ({ action, resource: `arn:aws:polly:${region}:${accountId}:lexicon/${name}` }));
    },
  });

interface Format {
  readonly format: 'pcm' | 'mulaw';
  readonly sampleRateHertz: 8000 | 16_000;
}

/** Rates by format: Polly API reference, `SynthesizeSpeech`. */
function formatOf({ OutputFormat, SampleRate }: Synthesis): Format {
  if (OutputFormat === 'pcm') {
    const sampleRateHertz = SampleRate === undefined ? 16_000 : Number(SampleRate);
    if (sampleRateHertz === 8000 || sampleRateHertz === 16_000) return { format: 'pcm', sampleRateHertz };
    throw new AwsError('InvalidSampleRateException', 'The specified sample rate is not valid.', 400);
  }
  if (OutputFormat === 'mulaw') {
    if (SampleRate === undefined || SampleRate === '8000') return { format: 'mulaw', sampleRateHertz: 8000 };
    throw new AwsError('InvalidSampleRateException', 'The specified sample rate is not valid.', 400);
  }
  throw invalid(`The embedded Polly has no encoder for OutputFormat "${OutputFormat}"; it gives pcm and mulaw.`);
}

function voiceOf({ VoiceId, Engine = 'standard' }: Synthesis): string {
  const voice = VOICES.find(({ Id }) => Id === VoiceId);
  if (voice === undefined) throw invalid(`The voice "${VoiceId}" is not among those of the embedded Polly.`);
  if (!voice.SupportedEngines?.includes(Engine)) {
    throw new AwsError(
      'EngineNotSupportedException',
      `This voice does not support the selected engine: ${Engine}`,
      400,
    );
  }
  return voice.Id ?? '';
}

function textOf({ Text = '', TextType = 'text', SpeechMarkTypes = [], LexiconNames = [] }: Synthesis): string {
  if (SpeechMarkTypes.length > 0) {
    throw new AwsError('MarksNotSupportedForFormatException', 'Speech marks are not supported for this format.', 400);
  }
  const [lexicon] = LexiconNames;
  if (lexicon !== undefined) throw new AwsError('LexiconNotFoundException', `Lexicon not found: ${lexicon}`, 404);
  const text = TextType === 'ssml' ? wordsOfSsml(Text) : Text;
  if (text.length > MAX_CHARACTERS) {
    throw new AwsError('TextLengthExceededException', 'Maximum text length has been exceeded', 400);
  }
  return text;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The words of SSML; what it says of their delivery is beyond the embedded voice. */
function wordsOfSsml(ssml: string): string {
  const body = /^\s*<speak(?:\s[^>]*)?>([\s\S]*)<\/speak>\s*$/.exec(ssml)?.[1];
  if (body === undefined) throw new AwsError('InvalidSsmlException', 'Invalid SSML request', 400);
  return body
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .replaceAll(/\s+/g, ' ')
    .trim();
}

async function* encoded(pcm: AsyncIterable<Uint8Array>, format: Format['format']): AsyncGenerator<Uint8Array> {
  for await (const chunk of pcm) yield format === 'pcm' ? chunk : encodeMuLaw(samplesOf(chunk));
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { converter } from '../../../audio/convert.ts';
import type { AudioFormat } from '../../../audio/format.ts';
import { bytesOf } from '../../../audio/pcm.ts';
import { makeSpeech } from '../../../local/speech/index.ts';
import type { Speech } from '../../../local/speech/speech.ts';
import { feed, listen, normalized, quiet, said, utterancesOf } from './support/speaking.ts';

/** The model files are downloaded once for the checkout: nearly 28 MB. */
const FIRST_DOWNLOAD_MS = 300_000;

let speech: Speech;

beforeAll(async () => {
  speech = await makeSpeech({ log: () => undefined });
}, FIRST_DOWNLOAD_MS);
afterAll(() => speech.close());

const open = (sampleRateHertz: 8000 | 16_000 | 24_000 = 16_000, endOfTurnMs = 500) =>
  speech.openEar({ sampleRateHertz, endOfTurnMs });

describe('ears and mouth of this machine', () => {
  it('really speak and really hear', () => {
    expect(speech.mode).toBe('speech');
  });

  it.each(['What is your return policy?', 'How much does the blue one cost?', 'My order has not arrived yet.'])(
    'hear what was said: %s',
    async (sentence) => {
      const ear = open();
      feed(ear, quiet(500), await said(speech, sentence), quiet(1500));
      const words = sentence.toLowerCase().replace(/[^a-z ]/g, '');
      expect(utterancesOf(await listen(ear, 1))).toEqual([words]);
    },
  );

  it('tell where in the audio a turn was', async () => {
    const ear = open();
    const words = await said(speech, 'What is your return policy?');
    feed(ear, quiet(1000), words, quiet(1500));
    const turn = (await listen(ear, 1)).at(-1);
    if (turn?.type !== 'utterance') throw new Error('There was no turn.');
    const wordsMs = words.length / 32;
    expect({
      startsWithTheWords: Math.abs(turn.startMs - 1000) < 500,
      endsWithTheWords: Math.abs(turn.endMs - (1000 + wordsMs)) < 500,
      waitedMs: Math.round((turn.atMs - turn.endMs) / 50) * 50,
    }).toEqual({ startsWithTheWords: true, endsWithTheWords: true, waitedMs: 500 });
  });

  it('tell two turns apart, in order', async () => {
    const ear = open();
    const [first, second] = [await said(speech, 'Good morning.'), await said(speech, 'What is your return policy?')];
    feed(ear, quiet(500), first, quiet(1200), second, quiet(1200));
    const events = await listen(ear, 2);
    expect({
      utterances: utterancesOf(events),
      started: events.filter(({ type }) => type === 'speech-started').length,
    }).toEqual({ utterances: ['good morning', 'what is your return policy'], started: 2 });
  });

  it('wait for a slow speaker when they are told to', async () => {
    const ear = open(16_000, 2000);
    const [first, second] = [await said(speech, 'Good morning.'), await said(speech, 'What is your return policy?')];
    feed(ear, quiet(500), first, quiet(900), second, quiet(2500));
    expect(utterancesOf(await listen(ear, 1))).toEqual(['good morning what is your return policy']);
  });

  it('notice within 400 ms of audio that somebody speaks', async () => {
    const ear = open();
    feed(ear, quiet(1000), trimmed(await said(speech, 'Stop, wait a moment.')).subarray(0, 400 * 32));
    const [first] = await Array.fromAsync(firstOf(ear.events));
    ear.close();
    expect(first?.type).toBe('speech-started');
  });

  it('show what they understand while somebody still speaks', async () => {
    await warm();
    const ear = open();
    feed(ear, quiet(300), await said(speech, 'I would like to return my mattress because it is too soft for my back.'));
    const shown: string[] = [];
    for await (const event of ear.events) {
      if (event.type !== 'partial') continue;
      shown.push(event.text);
      break;
    }
    ear.close();
    expect(shown.map(normalized).map((text) => text.startsWith('i would'))).toEqual([true]);
  });

  it('hear no words in noise, tones and clicks', async () => {
    const ear = open();
    const noise = Int16Array.from({ length: 32_000 }, (_, n) => ((n * 2_654_435_761) % 6007) - 3003);
    const tone = Int16Array.from({ length: 16_000 }, (_, n) => Math.round(8000 * Math.sin(n * 0.17)));
    const clicks = Int16Array.from({ length: 16_000 }, (_, n) => (n % 4000 === 0 ? 20_000 : 0));
    feed(ear, ...[noise, tone, clicks].map(bytesOf), quiet(1000), await said(speech, 'Good morning.'), quiet(1000));
    const texts: string[] = [];
    for await (const event of ear.events) {
      if (event.type !== 'utterance') continue;
      texts.push(event.text);
      if (event.text !== '') break;
    }
    ear.close();
    expect(texts.filter((text) => text !== '')).toEqual(['Good morning.']);
  });

  it('understand a telephone: 8 kHz, µ-law', async () => {
    const line: AudioFormat = { encoding: 'mulaw', sampleRateHertz: 8000 };
    const pcm: AudioFormat = { encoding: 'pcm16', sampleRateHertz: 8000 };
    const [sender, receiver] = [converter(pcm, line), converter(line, pcm)];
    const spoken = await said(speech, 'What is your return policy?', 8000);
    const ear = open(8000);
    feed(ear, quiet(500, 8000), receiver.convert(sender.convert(spoken)), quiet(1500, 8000));
    expect(utterancesOf(await listen(ear, 1))).toEqual(['what is your return policy']);
  });

  it('listen to four callers at once', async () => {
    const sentences = [
      'What is your return policy?',
      'My order has not arrived yet.',
      'Good morning.',
      'How much does the blue one cost?',
    ];
    const heard = await Promise.all(
      sentences.map(async (sentence) => {
        const ear = open(24_000);
        feed(ear, quiet(500, 24_000), await said(speech, sentence, 24_000), quiet(1500, 24_000));
        return utterancesOf(await listen(ear, 1));
      }),
    );
    expect(heard.flat()).toEqual(sentences.map((sentence) => sentence.toLowerCase().replace(/[^a-z ]/g, '')));
  });

  it('stop between two sentences when the listener has heard enough', async () => {
    const enough = new AbortController();
    let sentences = 0;
    for await (const _pcm of speech.speak('One. Two. Three. Four.', {
      voice: 'slt',
      sampleRateHertz: 24_000,
      signal: enough.signal,
    })) {
      sentences++;
      enough.abort();
    }
    expect(sentences).toBe(1);
  });

  it('have a man and a woman to speak', async () => {
    const speak = (voice: string) => Array.fromAsync(speech.speak('Good morning.', { voice, sampleRateHertz: 16_000 }));
    const [tiffany, slt, matthew, rms] = await Promise.all(['tiffany', 'slt', 'matthew', 'rms'].map(speak));
    expect([tiffany, matthew]).toEqual([slt, rms]);
    expect(tiffany).not.toEqual(matthew);
  });
});

/** From the first loud sample on: flite starts with a little silence. */
function trimmed(pcm: Uint8Array): Uint8Array {
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.length);
  let at = 0;
  while (at < pcm.length - 2 && Math.abs(view.getInt16(at, true)) < 500) at += 2;
  return pcm.subarray(at);
}

async function* firstOf<T>(events: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const event of events) {
    yield event;
    return;
  }
}

/** A recognizer is up and idle once it has recognized something. */
async function warm(): Promise<void> {
  const ear = open();
  feed(ear, await said(speech, 'Good morning.'), quiet(1000));
  await listen(ear, 1);
}

import type { S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import type { AudioFormat } from '../../../audio/format.ts';
import { bytesOf } from '../../../audio/pcm.ts';
import { readWav } from '../../../audio/wav.ts';
import { wavRecorder } from '../../../shared/voice/relay/recorder.ts';
import { RECORDING_RETENTION_DAYS, retentionClass } from '../../../shared/voice/relay/recording-retention.ts';
import { s3Recordings } from '../../../shared/voice/relay/recordings-s3.ts';
import { VoiceSettings } from '../../../shared/voice/voice-settings.ts';

const BEGAN = Date.UTC(2026, 10, 21, 9);
const PCM: AudioFormat = { encoding: 'pcm16', sampleRateHertz: 16_000 };
const SETTINGS = VoiceSettings.parse({ recording: { enabled: true, retentionDays: 45 } });
const CALL = { callId: 'c1', userId: 'ann', agentId: 'shop', settings: SETTINGS };

/** A recorder, and what it has stored: samples per channel, and what was noted, in order. */
const recording = (
  options: { epoch?: number; caller?: AudioFormat; agent?: AudioFormat; write?: () => Promise<void> } = {},
) => {
  const { epoch = 1, caller = PCM, agent = PCM } = options;
  const stored: { key: string; bytes: number; left: Int16Array; right: Int16Array; tags: Record<string, string> }[] =
    [];
  const noted: unknown[] = [];
  const store = {
    write: async (key: string, wav: Uint8Array, tags: Readonly<Record<string, string>>) => {
      await options.write?.();
      const [left = new Int16Array(), right = new Int16Array()] = readWav(wav).channels;
      stored.push({ key, bytes: wav.length, left, right, tags });
    },
    note: async (call: object, part: number) => void noted.push({ ...call, part }),
  };
  return { stored, noted, recorder: wavRecorder(store, { briefing: CALL, epoch, caller, agent, nowMs: BEGAN }) };
};

/** So many milliseconds of one level. */
const sound = (ms: number, level: number, { sampleRateHertz } = PCM): Uint8Array =>
  bytesOf(new Int16Array((sampleRateHertz * ms) / 1000).fill(level));

/** Where a channel is not silent, in milliseconds: beginnings and ends. */
const spans = (samples: Int16Array): readonly (readonly [number, number])[] => {
  const found: [number, number][] = [];
  for (const [index, sample] of samples.entries()) {
    const last = found.at(-1);
    if (sample === 0) continue;
    if (last?.[1] === index) last[1] = index + 1;
    else found.push([index, index + 1]);
  }
  return found.map(([from, to]) => [from / 16, to / 16]);
};

test('the caller is left and the agent right, each sound where it was heard, for as long as the longer of them', async () => {
  const { recorder, stored, noted } = recording();
  for (let ms = 0; ms < 200; ms += 20) recorder.caller(sound(20, 900), BEGAN + 1000 + ms + (ms % 60));
  // The agent's sound comes in bursts, all of it before it is heard.
  recorder.agent(sound(500, -700), BEGAN + 2000);
  recorder.agent(sound(500, -700), BEGAN + 2001);
  recorder.caller(sound(20, 900), BEGAN + 2500);
  await recorder.close();
  expect(stored.map(({ left, right, ...rest }) => ({ ...rest, left: spans(left), right: spans(right) }))).toEqual([
    {
      key: 'ann/shop/c1.wav',
      bytes: 44 + 3000 * 16 * 2 * 2,
      left: [
        [1000, 1200],
        [2500, 2520],
      ],
      right: [[2000, 3000]],
      tags: { userId: 'ann', agentId: 'shop', resourceType: 'recording', retentionDays: '30' },
    },
  ]);
  expect(noted).toEqual([{ userId: 'ann', callId: 'c1', part: 1 }]);
});

test('what the caller did not let the agent say is not in it, and what the agent says then is', async () => {
  const { recorder, stored } = recording();
  recorder.agent(sound(1000, 500), BEGAN);
  recorder.agent(sound(1000, 500), BEGAN + 1000);
  recorder.cut(BEGAN + 600);
  recorder.agent(sound(300, 500), BEGAN + 3000);
  await recorder.close();
  expect(spans(stored[0]?.right ?? new Int16Array())).toEqual([
    [0, 600],
    [3000, 3300],
  ]);
});

test('phones and browsers are recorded alike: 16 kHz, whatever the formats of the two sides', async () => {
  const { recorder, stored } = recording({
    caller: { encoding: 'mulaw', sampleRateHertz: 8000 },
    agent: { encoding: 'pcm16', sampleRateHertz: 24_000 },
  });
  for (let ms = 0; ms < 1000; ms += 20) recorder.caller(new Uint8Array(160).fill(0x20), BEGAN + ms);
  recorder.agent(sound(1000, 3000, { encoding: 'pcm16', sampleRateHertz: 24_000 }), BEGAN);
  await recorder.close();
  const [{ left, right } = { left: new Int16Array(), right: new Int16Array() }] = stored;
  expect([left.length, right.length].map((samples) => Math.round(samples / 160) * 10)).toEqual([1000, 1000]);
  expect([Math.abs(left[8000] ?? 0) > 2000, Math.abs(right[8000] ?? 0) > 2500]).toEqual([true, true]);
});

test('each owner of a call writes its own part', async () => {
  const { recorder, stored, noted } = recording({ epoch: 3 });
  recorder.caller(sound(20, 1), BEGAN);
  await recorder.close();
  expect([stored[0]?.key, noted]).toEqual(['ann/shop/c1.3.wav', [{ userId: 'ann', callId: 'c1', part: 3 }]]);
});

test('a call in which nothing was heard or said leaves no file', async () => {
  const { recorder, stored, noted } = recording();
  await recorder.close();
  expect([stored, noted]).toEqual([[], []]);
});

test('a part that could not be stored is not noted', async () => {
  const { recorder, noted } = recording({ write: () => Promise.reject(new Error('S3 is away.')) });
  recorder.caller(sound(20, 1), BEGAN);
  await expect(recorder.close()).rejects.toThrow('S3 is away.');
  expect(noted).toEqual([]);
});

test('no recording is kept for longer than was agreed', () => {
  const kept = [1, 2, 3, 29, 30, 44, 365, 3650].map(retentionClass);
  expect(kept).toEqual([1, 1, 3, 14, 30, 30, 365, 3650]);
  expect(RECORDING_RETENTION_DAYS.map(retentionClass)).toEqual(RECORDING_RETENTION_DAYS);
});

test('a recording goes to its bucket as WAV, with its tags', async () => {
  const sent: unknown[] = [];
  const client = { send: async ({ input }: { input: unknown }) => void sent.push(input) } as unknown as S3Client;
  const body = new Uint8Array([1]);
  await s3Recordings({ RECORDINGS_BUCKET: 'sound' }, client).write('ann/shop/c1.wav', body, {
    retentionDays: '30',
    a: 'b c',
  });
  expect(sent).toEqual([
    {
      Bucket: 'sound',
      Key: 'ann/shop/c1.wav',
      Body: body,
      ContentType: 'audio/wav',
      Tagging: 'retentionDays=30&a=b+c',
    },
  ]);
});

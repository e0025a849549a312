import { expect, test } from 'vitest';
import { captionsOf, placeOf, recordedParts } from '../../../web/dashboard/calls/recording.ts';
import { callOf } from './support.ts';

const ADDRESS = 'https://recordings.example/u/a/0192f4d4';

test('each part of a recording begins where its owner came', () => {
  const parts = recordedParts(
    callOf({
      recordingUrls: [`${ADDRESS}.wav?X-Amz-Expires=300`, `${ADDRESS}.3.wav?X-Amz-Expires=300`],
      handOverList: [
        { atMs: 8000, kind: 'hand-over', epoch: 2, gapMs: null },
        { atMs: 12_000, kind: 'takeover', epoch: 3, gapMs: 400 },
      ],
    }),
  );
  expect(parts.map(({ fromMs }) => fromMs)).toEqual([1000, 12_000]);
  expect([0, 1000, 4500, 12_000, 15_250].map((atMs) => placeOf(parts, atMs))).toEqual([
    { part: 0, seconds: 0 },
    { part: 0, seconds: 0 },
    { part: 0, seconds: 3.5 },
    { part: 1, seconds: 0 },
    { part: 1, seconds: 3.25 },
  ]);
});

test('without a recording there is no place in it', () => {
  expect(placeOf(recordedParts(callOf()), 1000)).toBeUndefined();
});

test('captions say what is said in a part while it plays', () => {
  const line = (members: object) => ({
    id: 'x',
    lane: 'caller' as const,
    kind: 'speech' as const,
    fromMs: 0,
    toMs: 0,
    title: '',
    text: '',
    ...members,
  });
  const lines = [
    line({ fromMs: 1000, toMs: 2500, text: 'Hello' }),
    line({ kind: 'tool', lane: 'event', fromMs: 3000, toMs: 3000, text: 'ok' }),
    line({ lane: 'agent', fromMs: 3_725_250, toMs: 3_725_250, text: 'a < b\n\n& more' }),
  ];
  expect(captionsOf(lines, { url: ADDRESS, fromMs: 1000 })).toBe(
    'WEBVTT\n\n00:00:00.000 --> 00:00:01.500\n<v caller>Hello\n\n01:02:04.250 --> 01:02:04.600\n<v agent>a &lt; b &amp; more',
  );
  expect(captionsOf(lines, { url: ADDRESS, fromMs: 12_000 })).not.toContain('Hello');
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { costRows } from '../../bench/voice/cost.ts';
import { missing } from '../../bench/voice/gaps.ts';
import type { LoadRow } from '../../bench/voice/load.ts';
import { type Stamp, stampedFrame, stampOfMessage, stampReader } from '../../bench/voice/stamp.ts';
import { costTable, loadsTable, type OwnerRow, ownersTable } from '../../bench/voice/voice.ts';

/** The last cell of each row below the head. */
const verdicts = (text: string): string[] =>
  text
    .split('\n')
    .slice(2)
    .map((line) => line.split(' | ').at(-1)?.replace(' |', '') ?? '');

const stamps = fc.record({
  source: fc.nat(0xffff),
  seq: fc.nat(0xffffff),
  sentUs: fc.integer({ min: 0, max: 2 ** 51 - 1 }),
});

test('stamps are found in a stream of audio, however it is cut', () => {
  fc.assert(
    fc.property(fc.array(stamps, { maxLength: 5 }), fc.integer({ min: 2, max: 900 }), (sent, cut) => {
      const pcm = Buffer.concat(sent.map((stamp) => stampedFrame(stamp, 640)));
      const found: Stamp[] = [];
      const read = stampReader((stamp) => found.push(stamp));
      const piece = cut - (cut % 2);
      for (let from = 0; from < pcm.length; from += piece) read(pcm.subarray(from, from + piece));
      expect(found).toEqual(sent);
    }),
  );
});

test('a stamp is read from a message without decoding it whole', () => {
  const stamp = { source: 7, seq: 99, sentUs: 26_889_188_422 };
  const audio = stampedFrame(stamp, 640).toString('base64');
  expect([
    stampOfMessage(JSON.stringify({ type: 'audio', seq: 99, audio })),
    stampOfMessage('{"type":"ping"}'),
  ]).toEqual([stamp, undefined]);
});

test('frames between the first and the last that did not come are missing', () => {
  expect([missing([]), missing([4, 5, 6]), missing([9, 4, 6, 6])]).toEqual([0, 0, 3]);
});

const spread = (p99: number) => ({ p50: 1, p99, count: 100 });

const loaded = (path: LoadRow['path'], p99: number, more: Partial<LoadRow> = {}): LoadRow => ({
  path,
  callers: 1,
  frameMs: 20,
  seconds: 10,
  toModel: spread(p99),
  toCaller: spread(3),
  hops: undefined,
  sentFrames: 500,
  lostFrames: 0,
  sentAudio: 125,
  lostAudio: 0,
  cpu: { owner: 1, gateway: 0, 'other functions': 0, cloud: 2 },
  memoryMb: 10,
  failed: [],
  ...more,
});

test('a path is held to what it adds to the plain server, and to every frame', () => {
  const busy = { owner: 60, gateway: 9000, 'other functions': 0, cloud: 60 };
  const rows = [
    loaded('baseline', 5),
    loaded('direct', 25),
    loaded('relay', 26),
    loaded('relay', 10, { lostFrames: 1 }),
    loaded('relay', 300, { cpu: busy }),
    loaded('direct', 10, { failed: ['call 1 was closed'] }),
  ];
  expect(verdicts(loadsTable(rows))).toEqual([
    'is what others are measured by',
    'met',
    'missed',
    'missed',
    'missed (machine full)',
    'missed',
  ]);
});

test('fifty calls a core, quick and whole', () => {
  const row = (calls: number, p99: number, lostFrames = 0): OwnerRow => ({
    calls,
    toModel: spread(p99),
    toCaller: spread(1),
    result: {
      sentFrames: 100,
      lostFrames,
      repeatedFrames: 0,
      gapMs: 0,
      lostAudio: 0,
      cpuMs: 4000,
      wallMs: 10_000,
      memoryMb: 2,
      loopDelayP99Ms: 1,
      streams: calls,
      logs: [],
    },
  });
  expect(verdicts(ownersTable([row(10, 1), row(50, 1), row(100, 21), row(100, 1, 1)]))).toEqual([
    'below it',
    'met',
    'missed',
    'missed',
  ]);
});

test('a minute costs what was counted, by the length of frames and the share that is sent', () => {
  const minute = {
    callerFrames: 1500,
    invocations: 1500,
    invocationMs: 5,
    postsToOwner: 1500,
    postsToCaller: 400,
  };
  const direct = { cpu: { owner: 3, gateway: 0, 'other functions': 0, cloud: 0 }, memoryMb: 128 };
  const rows = costRows(minute, direct, { ownerCpuMs: 500, ownerMb: 4 });
  expect(
    rows.map(({ transport, frameMs, callerTalks, microUsd, telephonyMicroUsd }) => [
      transport,
      frameMs,
      callerTalks,
      microUsd,
      telephonyMicroUsd,
    ]),
  ).toMatchInlineSnapshot(`
    [
      [
        "relay",
        20,
        1,
        7562,
        0,
      ],
      [
        "relay",
        20,
        0.4,
        3506,
        0,
      ],
      [
        "relay",
        40,
        1,
        4182,
        0,
      ],
      [
        "relay",
        40,
        0.4,
        2154,
        0,
      ],
      [
        "relay",
        80,
        1,
        2492,
        0,
      ],
      [
        "relay",
        80,
        0.4,
        1478,
        0,
      ],
      [
        "relay",
        100,
        1,
        2154,
        0,
      ],
      [
        "relay",
        100,
        0.4,
        1342,
        0,
      ],
      [
        "direct (AgentCore)",
        20,
        1,
        95,
        0,
      ],
      [
        "Twilio over the relay",
        20,
        1,
        7562,
        12500,
      ],
      [
        "Twilio, container",
        20,
        1,
        10,
        12500,
      ],
      [
        "browser, container",
        20,
        1,
        10,
        0,
      ],
    ]
  `);
  expect(verdicts(costTable(rows)).slice(0, 6)).toEqual(['missed', 'missed', 'missed', 'missed', 'missed', 'met']);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Excess,
  FRAME_LIMIT_BYTES,
  MESSAGE_LIMIT_BYTES,
  makeFrameMeter,
} from '../../../local/websocket-api/frame-meter.ts';

interface Frame {
  readonly opcode: number;
  readonly final: boolean;
  readonly size: number;
}

/** A masked frame as clients send it. */
function bytesOf({ opcode, final, size }: Frame): Buffer {
  const first = (final ? 0x80 : 0) | opcode;
  const length =
    size < 126
      ? Buffer.from([0x80 | size])
      : size < 65_536
        ? Buffer.from([0x80 | 126, size >> 8, size & 255])
        : Buffer.concat([Buffer.from([0x80 | 127, 0, 0, 0, 0]), Buffer.from(Uint32Array.of(size).buffer).swap32()]);
  return Buffer.concat([Buffer.from([first]), length, Buffer.alloc(4 + size)]);
}

function expectedOf(frames: readonly Frame[]): Excess | undefined {
  let message = 0;
  for (const { opcode, final, size } of frames) {
    if (size > FRAME_LIMIT_BYTES) return 'frame';
    if (opcode >= 8) continue;
    message += size;
    if (message > MESSAGE_LIMIT_BYTES) return 'message';
    if (final) message = 0;
  }
  return undefined;
}

const frame = fc.record({
  opcode: fc.constantFrom(0, 1, 2, 9),
  final: fc.boolean(),
  size: fc.oneof(
    fc.integer({ min: 0, max: 300 }),
    fc.integer({ min: 32_000, max: 33_000 }),
    fc.constantFrom(125, 126, 32_768, 32_769, 65_535, 65_536, 70_000),
  ),
});

test('the first excess is found in any frames, however their bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1 }),
      (frames, cuts) => {
        const bytes = Buffer.concat(frames.map(bytesOf));
        const meter = makeFrameMeter();
        let found: Excess | undefined;
        for (let at = 0, turn = 0; at < bytes.length && !found; turn += 1) {
          const step = cuts[turn % cuts.length] ?? 1;
          found = meter(bytes.subarray(at, at + step));
          at += step;
        }
        expect(found).toBe(expectedOf(frames));
      },
    ),
    { numRuns: 60 },
  );
});

/** Largest frame and message of a WebSocket API, in bytes (API Gateway quotas, 2026-11). */
export const FRAME_LIMIT_BYTES = 32 * 1024;
export const MESSAGE_LIMIT_BYTES = 128 * 1024;

export type Excess = 'frame' | 'message';

/** Two bytes, up to eight of an extended length, four of a mask (RFC 6455, 5.2). */
const MAX_HEADER_BYTES = 14;
const CONTINUES_UNTIL_CONTROL = 8;

function headerSizeOf(header: Buffer, known: number): number {
  if (known < 2) return 2;
  const second = header.readUInt8(1);
  const length = second & 127;
  const extended = length === 126 ? 2 : length === 127 ? 8 : 0;
  return 2 + extended + (second & 128 ? 4 : 0);
}

function payloadSizeOf(header: Buffer): number {
  const length = header.readUInt8(1) & 127;
  if (length === 126) return header.readUInt16BE(2);
  return length === 127 ? Number(header.readBigUInt64BE(2)) : length;
}

/**
 * Reads the frame headers in the bytes of a connection, however they are cut, and tells the first frame over 32 KB and
 * the first message over 128 KB as soon as its header is there.
 */
export function makeFrameMeter(): (bytes: Buffer) => Excess | undefined {
  const header = Buffer.alloc(MAX_HEADER_BYTES);
  let known = 0;
  let payloadLeft = 0;
  let messageBytes = 0;

  const measure = (): Excess | undefined => {
    const first = header.readUInt8(0);
    payloadLeft = payloadSizeOf(header);
    if (payloadLeft > FRAME_LIMIT_BYTES) return 'frame';
    if ((first & 15) >= CONTINUES_UNTIL_CONTROL) return undefined;
    messageBytes += payloadLeft;
    if (messageBytes > MESSAGE_LIMIT_BYTES) return 'message';
    if (first & 128) messageBytes = 0;
    return undefined;
  };

  return (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      if (payloadLeft > 0) {
        const step = Math.min(payloadLeft, bytes.length - at);
        payloadLeft -= step;
        at += step;
        continue;
      }
      header.writeUInt8(bytes.readUInt8(at), known);
      known += 1;
      at += 1;
      if (known < headerSizeOf(header, known)) continue;
      known = 0;
      const excess = measure();
      if (excess) return excess;
    }
    return undefined;
  };
}

import { describe, expect, it } from 'vitest';
import { readSignature, verifySignature } from '../../local/core/sigv4.ts';
import { agentCoreAddresses } from '../../shared/access/runtime-addresses-agentcore.ts';
import { s3Recordings } from '../../shared/calls/recordings-s3.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 9);
const KEYS = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'a secret', sessionToken: 'session/token+=' };
const ARN = 'arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/o_dev_1-abcdefghij';

const addressOf = (endpointUrl: string | undefined, lifetimeSeconds = 60) =>
  agentCoreAddresses({ region: 'us-east-1', keys: KEYS, endpointUrl }).sign({
    agentRuntimeArn: ARN,
    endpointName: 'live',
    sessionId: '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11',
    lifetimeSeconds,
    nowMs: NOW_MS,
  });

const recordingAt = (endpointUrl: string | undefined) =>
  s3Recordings(
    { RECORDINGS_BUCKET: 'recordings' },
    { region: 'us-east-1', keys: KEYS, endpointUrl, now: () => NOW_MS },
  ).address('ann/agent 1/call (1).wav');

/** What the embedded gateway, which computes signatures by itself, says of an address at a time. */
const verdict = (address: string, afterMs = 0): string => {
  const url = new URL(address);
  const request = { method: 'GET', target: `${url.pathname}${url.search}`, headers: { host: url.host } };
  try {
    const signature = readSignature(request);
    if (signature === undefined) return 'unsigned';
    verifySignature(request, signature, KEYS.secretAccessKey, new Uint8Array(), NOW_MS + afterMs);
    return 'valid';
  } catch (error) {
    return (error as Error).name;
  }
};

describe.each([
  ['of AWS', undefined],
  ['of the embedded cloud', 'http://127.0.0.1:4101'],
])('a presigned address %s', (_name, endpointUrl) => {
  it('of an agent’s WebSocket is accepted until it expires', async () => {
    const address = await addressOf(endpointUrl);
    expect(new URL(address).protocol).toBe(endpointUrl === undefined ? 'wss:' : 'ws:');
    expect([verdict(address), verdict(address, 60_000), verdict(address, 60_001)]).toEqual([
      'valid',
      'valid',
      'AccessDenied',
    ]);
  });

  it.each([
    ['another session', '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11', '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b12'],
    ['another runtime', 'o_dev_1', 'o_dev_2'],
    ['another endpoint', 'qualifier=live', 'qualifier=DEFAULT'],
    ['a longer life', 'Expires=60', 'Expires=61'],
  ])('of an agent’s WebSocket opens not %s', async (_what, from, to) => {
    const changed = (await addressOf(endpointUrl)).replace(from, to);
    expect(verdict(changed)).toBe('SignatureDoesNotMatch');
  });

  it('of a recording is accepted for five minutes', async () => {
    const address = await recordingAt(endpointUrl);
    expect([verdict(address), verdict(address, 300_001)]).toEqual(['valid', 'AccessDenied']);
    expect(decodeURIComponent(new URL(address).pathname)).toMatch(/ann\/agent 1\/call \(1\)\.wav$/);
  });
});

describe('an address of an agent’s WebSocket', () => {
  it('lives no longer than AgentCore takes', async () => {
    expect(new URL(await addressOf(undefined, 3600)).searchParams.get('X-Amz-Expires')).toBe('300');
  });
});

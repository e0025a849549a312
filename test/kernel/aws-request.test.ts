import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type AwsContext, awsRequest, signedHeaders } from '../../shared/kernel/aws-request.ts';

/** Credentials and requests of "Signature calculations for the Authorization header" in the S3 API reference. */
const KEYS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const AT = Date.UTC(2013, 4, 24);

describe('a signature', () => {
  it('is the one AWS publishes for reading a range of an object', async () => {
    const request = {
      service: 's3',
      method: 'GET',
      url: 'https://examplebucket.s3.amazonaws.com/test.txt',
      headers: { range: 'bytes=0-9' },
    };
    expect((await signedHeaders(request, KEYS, 'us-east-1', AT)).authorization).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
  });

  it('covers the body and a session token', async () => {
    const headers = await signedHeaders(
      {
        service: 'states',
        method: 'POST',
        url: 'https://states.us-east-1.amazonaws.com/',
        headers: {},
        body: Buffer.from('{}'),
      },
      { ...KEYS, sessionToken: 'token' },
      'us-east-1',
      AT,
    );
    expect(headers).toMatchObject({
      'x-amz-content-sha256': createHash('sha256').update('{}').digest('hex'),
      'x-amz-security-token': 'token',
    });
    expect(headers.authorization).toContain('x-amz-security-token');
  });
});

describe('a request', () => {
  const servers: { close: () => void }[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  const serve = async (answers: readonly [number, string, Record<string, string>?][]) => {
    const seen: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      const [status, body, headers = {}] = answers[Math.min(seen.length, answers.length - 1)] ?? [500, ''];
      seen.push(request);
      response.writeHead(status, headers).end(body);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
  };
  const pauses: number[] = [];
  const context: AwsContext = {
    region: 'us-east-1',
    keys: KEYS,
    endpointUrl: undefined,
    now: () => AT,
    pause: async (ms) => pauses.push(ms),
  };
  const send = (url: string) => awsRequest(context, { service: 's3', method: 'GET', url, headers: {} });

  it('is repeated when the service is out of order', async () => {
    const { seen, url } = await serve([
      [503, '<Error><Code>SlowDown</Code></Error>'],
      [200, 'fine'],
    ]);
    expect(await (await send(url)).text()).toBe('fine');
    expect([seen.length, pauses.length]).toEqual([2, 1]);
  });

  it('ends with the name of the error after three attempts', async () => {
    const { seen, url } = await serve([[503, '<Error><Code>SlowDown</Code><Message>Slower.</Message></Error>']]);
    await expect(send(url)).rejects.toMatchObject({
      name: 'SlowDown',
      message: 'Slower.',
      $metadata: { httpStatusCode: 503 },
    });
    expect(seen).toHaveLength(3);
  });

  it.each([
    ['NoSuchKey', [404, '<Error><Code>NoSuchKey</Code></Error>']],
    ['ExecutionAlreadyExists', [400, '{"__type":"com.amazonaws.states#ExecutionAlreadyExists","message":"x"}']],
    ['RuntimeClientError', [424, '{}', { 'x-amzn-errortype': 'RuntimeClientError:http://x' }]],
  ] as const)('that was wrong is not repeated: %s', async (name, answer) => {
    const { seen, url } = await serve([answer as [number, string]]);
    await expect(send(url)).rejects.toMatchObject({ name });
    expect(seen).toHaveLength(1);
  });
});

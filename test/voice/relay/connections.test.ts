import { afterEach, expect, test } from 'vitest';
import { apiGatewayConnections } from '../../../shared/voice/relay/connections-apigateway.ts';
import { awsAnswers, type ScriptedAnswer } from '../support/aws-answers.ts';

let service: Awaited<ReturnType<typeof awsAnswers>> | undefined;
afterEach(() => service?.stop());

const connectionsWith = async (...answers: readonly ScriptedAnswer[]) => {
  service = await awsAnswers(...answers);
  const webSocketUrl = `${service.url.replace('http', 'ws')}/live`;
  return { seen: service.seen, connections: apiGatewayConnections(webSocketUrl, service.context) };
};

test('a message is posted, signed, to the connection under its stage', async () => {
  const { connections, seen } = await connectionsWith({ status: 200 });
  expect(await connections.post('abc=', '{"type":"pong"}')).toBe('sent');
  await connections.close('abc=');
  expect(seen).toMatchObject([
    {
      method: 'POST',
      url: '/live/@connections/abc%3D',
      body: '{"type":"pong"}',
      headers: { authorization: expect.stringContaining('/us-east-1/execute-api/aws4_request') },
    },
    { method: 'DELETE', url: '/live/@connections/abc%3D', body: '' },
  ]);
});

test('a connection that is down is told as gone, at once; closing it is harmless', async () => {
  const { connections, seen } = await connectionsWith({
    status: 410,
    headers: { 'x-amzn-errortype': 'GoneException' },
  });
  expect(await connections.post('abc', 'text')).toBe('gone');
  await connections.close('abc');
  expect(seen.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
});

test('a throttled message is sent again, as often as the SDK would', async () => {
  const throttled = { status: 429, headers: { 'x-amzn-errortype': 'LimitExceededException' } };
  const { connections, seen } = await connectionsWith(throttled, throttled, { status: 200 });
  expect(await connections.post('abc', 'text')).toBe('sent');
  expect(seen.map(({ body }) => body)).toEqual(['text', 'text', 'text']);
});

test('one that is too large, forbidden, or throttled for too long throws, and is not taken for gone', async () => {
  const outcomes: string[] = [];
  for (const status of [413, 403, 429]) {
    const { connections, seen } = await connectionsWith({ status, body: `{"message":"Status ${status}"}` });
    const outcome = await connections.post('abc', 'text').catch((error: Error) => error.message);
    outcomes.push(`${outcome} after ${seen.length}`);
    service?.stop();
  }
  expect(outcomes).toEqual(['Status 413 after 1', 'Status 403 after 1', 'Status 429 after 3']);
});

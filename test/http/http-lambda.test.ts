import { describe, expect, it } from 'vitest';
import type { HttpEvent } from '../../shared/http/http-lambda.ts';
import { OPERATIONS, routesOf } from '../../shared/http/operations.ts';
import { formEvent, httpEvent, jsonEvent } from '../agents/support/events.ts';
import { httpLambda } from './support/api-lambda.ts';

const CREATE = 'POST /api/v1/agents';
const GOOD = { agentName: 'Shop', agentType: 'text', sop: '1. Greet.' };
const echo = async (request: { readonly userId: string }) => ({ status: 200, body: { userId: request.userId } });
const send = httpLambda({ createAgent: echo, listAgents: echo, getHealth: echo }, () => {});
const answer = async (event: HttpEvent) => {
  const { statusCode, body, headers } = await send(event);
  return { status: statusCode, headers, body: JSON.parse(body ?? '{}') as Record<string, unknown> };
};

describe('a request to the API', () => {
  it('acts for the subject of its token, whatever else it says', async () => {
    const event = jsonEvent(
      { routeKey: CREATE, user: 'ann', headers: { 'x-user-id': 'bob' }, query: { userId: 'bob' } },
      GOOD,
    );
    expect(await answer(event)).toMatchObject({ status: 200, body: { userId: 'ann' } });
  });

  it('without a subject is nobody’s', async () => {
    const event = { ...jsonEvent({ routeKey: CREATE }, GOOD), requestContext: { requestId: 'r', domainName: 'd' } };
    expect(await answer(event)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });

  it.each([
    ['aws.cognito.signin.user.admin', 200],
    ['oratio/agents:write', 200],
    ['oratio/agents:read', 403],
  ])('with the scope %s is answered with %i', async (scope, status) => {
    expect((await answer(jsonEvent({ routeKey: CREATE, scope }, GOOD))).status).toBe(status);
  });

  it.each([
    ['bytes', Uint8Array.from([0x7b, 0xff, 0x7d])],
    ['text in which API Gateway replaced them', '{"agentName":"\ufffd"}'],
  ])('that is not UTF-8 is refused when it comes as %s', async (_name, body) => {
    const event = httpEvent({ routeKey: CREATE, body, contentType: 'application/json' });
    expect(await answer(event)).toMatchObject({ status: 400, body: { code: 'invalid-encoding' } });
  });

  it('holds the same text whether it comes as JSON or in a form, whose line ends browsers change', async () => {
    const sopOf = async (event: HttpEvent) => {
      const read = httpLambda(
        { createAgent: async ({ body }) => ({ status: 200, body: { sop: body.sop } }) },
        () => {},
      );
      return JSON.parse((await read(event)).body ?? '');
    };
    const good = { ...GOOD, sop: '1. Greet.\n2. Ask.\n' };
    const form = new FormData();
    for (const [name, value] of Object.entries(good)) form.append(name, value);
    expect(await sopOf(await formEvent({ routeKey: CREATE }, form))).toEqual({ sop: good.sop });
    expect(await sopOf(jsonEvent({ routeKey: CREATE }, good))).toEqual({ sop: good.sop });
  });

  it('may name a field as another system does, but not twice', async () => {
    const read = httpLambda({ placeCall: async ({ body }) => ({ status: 200, body: { asked: body } }) }, () => {});
    const said = async (body: object) =>
      JSON.parse((await read(jsonEvent({ routeKey: 'POST /api/v1/calls' }, body))).body ?? '');
    const agentId = '019a5c1e-7d00-7a3b-9c55-0000000000a1';
    const asked = { agentId, toNumber: '+15551234567', contextOverride: { customer_name: 'John Smith' } };
    const theirs = { agent_id: agentId, to_number: '+15551234567', context_override: asked.contextOverride };
    expect({ theirs: await said(theirs), both: (await said({ ...theirs, agentId })).errors }).toEqual({
      theirs: { asked },
      both: [expect.objectContaining({ pointer: '/agent_id', code: 'invalid-request' })],
    });
  });

  it('names every field that is wrong', async () => {
    const event = jsonEvent({ routeKey: CREATE }, { agentType: 'fax', sop: ' ', userId: 'bob' });
    const { body } = await answer(event);
    expect(
      (body.errors as { pointer: string; code: string }[]).map(({ pointer, code }) => `${pointer} ${code}`),
    ).toEqual([
      '/agentName invalid-request',
      '/agentType invalid-request',
      '/sop sop-empty',
      '/userId invalid-request',
    ]);
  });

  it('that fails inside tells the caller its id and no more', async () => {
    const logged: unknown[] = [];
    const failing = httpLambda(
      {
        getHealth: async () => {
          throw new Error('the table oratio-agents is on fire');
        },
      },
      (...line) => logged.push(line),
    );
    const { statusCode, body } = await failing(httpEvent({ routeKey: 'GET /health' }));
    expect([statusCode, JSON.parse(body ?? '')]).toEqual([
      500,
      {
        type: 'urn:oratio:problem:internal-error',
        title: 'Something went wrong on our side',
        status: 500,
        detail: expect.not.stringContaining('oratio-agents'),
        instance: '/health',
        code: 'internal-error',
        requestId: 'request-1',
        retryable: true,
        errors: [],
      },
    ]);
    expect(logged).toEqual([
      ['http.request.failed', expect.objectContaining({ requestId: 'request-1' }), expect.any(Error)],
    ]);
  });
});

describe('the table of operations', () => {
  it('is served under /api/v1, that of agents under /api too, the open ones at the root', () => {
    expect(routesOf().map(({ routeKey }) => routeKey)).toEqual(
      expect.arrayContaining(['POST /api/v1/agents', 'POST /api/agents', 'GET /api/v1/knowledge-bases', 'GET /health']),
    );
    expect(
      routesOf()
        .filter(({ authorized }) => !authorized)
        .map(({ routeKey }) => routeKey),
    ).toEqual(expect.arrayContaining(['GET /health', 'GET /openapi.json', 'GET /asyncapi.json', 'GET /docs/{asset}']));
    expect(routesOf().length).toBe(Object.keys(OPERATIONS).length + 8);
  });
});

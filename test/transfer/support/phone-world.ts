import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newAccount } from '../../../local/twilio/account.ts';
import { type LocalTwilio, startTwilio } from '../../../local/twilio/index.ts';
import type { CallEntry, CallId } from '../../../shared/calls/call.ts';
import type { CallKey } from '../../../shared/calls/call-store.ts';
import { ProblemError } from '../../../shared/kernel/problems.ts';
import { randomIds } from '../../../shared/kernel/real-dependencies.ts';
import { type MediaServer, startMediaServer } from '../../../shared/media/media-server.ts';
import { phoneStream } from '../../../shared/media/phone-streams.ts';
import { type AnswerCallStatusDeps, answerStatusWebhook } from '../../../shared/telephony/answer-call-status.ts';
import { answerNextWebhook } from '../../../shared/telephony/answer-transfer.ts';
import { NextWebhookBody, StatusWebhookBody } from '../../../shared/telephony/call-requests.ts';
import { openPhoneCall } from '../../../shared/telephony/open-phone-call.ts';
import { spoken, streamVerbs } from '../../../shared/telephony/spoken.ts';
import { twilioApi } from '../../../shared/telephony/twilio-api.ts';
import { webhookUrl } from '../../../shared/telephony/webhook-addresses.ts';
import { dynamoTransferStore } from '../../../shared/transfer/transfers-dynamodb.ts';
import type { CallBriefing } from '../../../shared/voice/keeper/call-keeper.ts';
import { sessionKeeper } from '../../../shared/voice/keeper/session-keeper.ts';
import { systemSessionClock } from '../../../shared/voice/relay/system-session-clock.ts';
import type { VoiceTransport } from '../../../shared/voice/session/transport.ts';
import { servingAgent, TABLES } from '../../access/support/tables.ts';
import { memoryStore } from '../../local/support/memory-store.ts';
import { phoneNumberRow } from '../../telephony/support/phone-number-row.ts';
import { AGENT, checkpoint, startStores } from '../../voice/stores/support.ts';

export const PERSON = '+12025550142';
const ROBOT = '+12025550101';

/** One owner of the call, as the test leads it: what it says is the test's, what is stored and dialled is real. */
export interface Owner {
  readonly briefing: CallBriefing;
  readonly transport: VoiceTransport;
  /** Puts the caller through; `dies`: after it was written, before the provider is told; `hangs`: with the stream open. */
  readonly putThrough: (to: string, fails?: 'dies' | 'hangs') => Promise<void>;
  readonly end: () => Promise<void>;
}

/** A telephone network, our webhooks and a media server over real tables. */
export async function startPhoneWorld() {
  const stores = await startStores();
  const account = newAccount();
  const twilio: LocalTwilio = await startTwilio({ account, store: memoryStore(), port: 0 });
  const clock = systemSessionClock();
  const told: CallEntry[] = [];
  const byCallSid = new Map<string, CallKey>();
  const addresses = { apiUrl: '', webSocketUrl: '' };
  const deps: AnswerCallStatusDeps = {
    account: async () => account,
    addresses,
    numbers: {
      find: async (phoneNumber) =>
        phoneNumber === ROBOT ? phoneNumberRow({ phoneNumber, userId: 'ann', inboundAgentId: AGENT }) : undefined,
    },
    sessions: stores.sessions,
    abandon: (call, failure) => stores.sessions.abandon(call, { reason: 'failed', failure, nowMs: clock.now() }),
    // The tables of this test have no index.
    calls: { ...stores.calls, findBySid: async (callSid) => byCallSid.get(callSid) },
    transfers: dynamoTransferStore({ ...TABLES, VOICE_LINES: 20 }, stores.client),
    tickets: stores.tickets,
    feed: {
      recorded: async (_call, entries) => void told.push(...entries),
      ended: async (_call, entries) => void told.push(...entries),
    },
    dialPrefixes: ['+1'],
    clock,
    ids: randomIds,
    log: () => undefined,
  };
  const absent = { nobody: false, asked: Promise.withResolvers<void>() };
  const owners: Owner[] = [];
  let awaited: ((owner: Owner) => void)[] = [];
  const api = twilioApi({ account: async () => account, baseUrl: twilio.url, fetch });
  const open = openPhoneCall({
    sessions: stores.sessions,
    tickets: stores.tickets,
    policy: { tenantDailyBudgetUsd: 50, recordTtlDays: 30 },
  });

  const media: MediaServer = await startMediaServer(
    {
      get publicUrl() {
        return addresses.webSocketUrl.replace('/twilio', '');
      },
      authToken: async () => account.authToken,
      phone: phoneStream({
        sessions: stores.sessions,
        tickets: stores.tickets,
        calls: stores.calls,
        telephone: {
          hangUp: async (key) => api.hangUp((await stores.calls.find(key))?.callSid ?? ''),
          putThrough: async ({ nextUrl = '', ...key }) =>
            api.redirect((await stores.calls.find(key))?.callSid ?? '', nextUrl),
        },
        own: async ({ claim, transport }) => {
          if (absent.nobody) {
            absent.asked.resolve();
            for await (const message of transport.messages) if (message.type === 'session.end') break;
            return;
          }
          const agents = { find: async () => servingAgent(AGENT) };
          const summon = { summon: async () => undefined };
          const keeper = sessionKeeper(
            { sessions: stores.sessions, owners: summon, agents, clock, secret: randomIds.secret },
            claim,
          );
          const briefing = await keeper.claim();
          const left = Promise.withResolvers<void>();
          const at = briefing.checkpoint?.nextEntry ?? 0;
          const owner: Owner = {
            briefing,
            transport,
            putThrough: async (to, fails) => {
              const startedAtMs = clock.now();
              const transfer = { epoch: claim.epoch, status: 'dialling', to, ringSeconds: 20, startedAtMs } as const;
              const handoff = { kind: 'handoff', reason: 'asks for a person', summary: '', seq: at } as const;
              const dialling = { kind: 'transfer', status: 'dialling', to, seq: at + 1 } as const;
              const entries = [handoff, dialling].map((entry) => ({ ...entry, atMs: startedAtMs }));
              const decided = { reason: 'asks for a person', summary: '' };
              await keeper.park?.({ transfer, entries, checkpoint: { ...checkpoint(at + 2), handoff: decided } });
              // A process that dies takes its sockets with it.
              if (fails !== 'hangs') await (fails === undefined ? transport.putThrough?.() : transport.release());
              left.resolve();
            },
            end: async () => {
              const end = { status: 'completed', reason: 'agent-ended', entries: [] } as const;
              await keeper.finish({ ...end, checkpoint: checkpoint(at) });
              await transport.close(1000);
              left.resolve();
            },
          };
          owners.push(owner);
          awaited.shift()?.(owner);
          for await (const message of transport.messages) if (message.type === 'session.end') break;
          await left.promise;
        },
        clock,
        newId: () => `media-${randomIds.secret()}`,
        secret: randomIds.secret,
      }),
      clients: { accept: (socket) => socket.close(1000, ''), active: () => 0, idle: async () => undefined },
      loaded: () => undefined,
      failed: () => undefined,
    },
    0,
  );
  addresses.webSocketUrl = `ws://127.0.0.1:${media.port}/twilio`;

  /** As `answer-phone-call` would: only what opens a call is shortened. */
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
    const { pathname, search, searchParams } = new URL(request.url ?? '', addresses.apiUrl);
    const query = Object.fromEntries(searchParams);
    const { epoch } = query;
    const numbered = epoch === undefined ? {} : { epoch: Number(epoch) };
    if (pathname.endsWith('/voice')) {
      const id = randomIds.inOrder() as CallId;
      const nextUrl = webhookUrl(addresses, 'next', { callId: id, userId: 'ann' });
      const token = randomIds.secret();
      const nowMs = clock.now();
      byCallSid.set(String(body.CallSid), { userId: 'ann', callId: id });
      await open({
        callId: id,
        agent: servingAgent(AGENT),
        direction: 'inbound',
        callSid: String(body.CallSid),
        fromNumber: String(body.From),
        toNumber: String(body.To),
        contextOverride: {},
        streamToken: token,
        nextUrl,
        nowMs,
        connectUntilMs: nowMs + 60_000,
      });
      return send(response, spoken(...streamVerbs(addresses, { token, nextUrl })));
    }
    const asked = { headers: request.headers, rawQuery: search.slice(1), query: { ...query, ...numbered } };
    if (pathname.endsWith('/next')) {
      const answer = await answerNextWebhook(deps)({ ...asked, body: NextWebhookBody.parse(body) } as never);
      return send(response, answer);
    }
    if (pathname.endsWith('/status')) {
      return send(
        response,
        await answerStatusWebhook(deps)({ ...asked, body: StatusWebhookBody.parse(body) } as never),
      );
    }
    return send(response, { status: 204 });
  };
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      response.writeHead(error instanceof ProblemError ? 403 : 500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  addresses.apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [number] = twilio.numbers();
  if (number === undefined) throw new Error('The account has no number.');
  await fetch(`${twilio.url}/2010-04-01/Accounts/${account.accountSid}/IncomingPhoneNumbers/${number.sid}.json`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${account.accountSid}:${account.authToken}`).toString('base64')}` },
    body: new URLSearchParams({
      VoiceUrl: webhookUrl(addresses, 'voice'),
      StatusCallback: webhookUrl(addresses, 'status'),
    }),
  });
  return {
    ...stores,
    agentId: AGENT,
    twilio,
    number: number.phoneNumber,
    robot: ROBOT,
    addresses,
    told,
    owners,
    /** From now on nobody takes a call; resolves when somebody should have. */
    nobodyThere: (): Promise<void> => {
      absent.nobody = true;
      return absent.asked.promise;
    },
    /** The next owner of a call, once it has claimed it. */
    nextOwner: () =>
      new Promise<Owner>((resolve) => {
        awaited = [...awaited, resolve];
      }),
    close: async () => {
      await twilio.close();
      await media.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await stores.stop();
    },
  };
}

const send = (
  response: ServerResponse,
  {
    status,
    raw,
  }: { readonly status: number; readonly raw?: { readonly content: Uint8Array; readonly contentType: string } },
): void => {
  response.writeHead(status, raw === undefined ? {} : { 'content-type': raw.contentType });
  response.end(raw?.content);
};

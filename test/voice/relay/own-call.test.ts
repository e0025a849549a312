import { expect, test } from 'vitest';
import { NO_COST } from '../../../shared/calls/prices.ts';
import type { CallKeeper } from '../../../shared/voice/keeper/call-keeper.ts';
import { type OwnCallDeps, ownCall } from '../../../shared/voice/relay/own-call.ts';
import { DialRefused, type OwnerSocketEvents } from '../../../shared/voice/relay/owner-socket-ws.ts';
import type { SessionDependencies, SessionOutcome } from '../../../shared/voice/session/session-ports.ts';
import type { InboundMessage } from '../../../shared/voice/session/transport.ts';
import { hashOfToken } from '../../../shared/voice/stores/session-keys.ts';
import type { VoiceSession } from '../../../shared/voice/stores/voice-session.ts';
import { draftOf, newCallId } from '../stores/support.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const CONTEXT = { getRemainingTimeInMillis: () => 900_000 };

/** One invocation, with a session that does what the test says in place of the real one. */
const invocation = (
  run: (deps: SessionDependencies) => Promise<SessionOutcome>,
  changes: Partial<VoiceSession> = {},
  dialOutcome: 'up' | 'refused' = 'up',
) => {
  const callId = newCallId();
  const clock = virtualClock();
  const session: VoiceSession = { ...draftOf(callId).session, clientConnectionId: 'caller', ...changes };
  const told: unknown[] = [];
  const logged: string[] = [];
  const links: OwnerSocketEvents[] = [];
  const deps: OwnCallDeps = {
    voices: () => ({ engines: () => [], pricing: () => ({ ofUsage: () => NO_COST, ofCarriage: () => NO_COST }) }),
    brain: () => ({ describe: () => Promise.reject(), ask: () => Promise.reject(), search: () => Promise.reject() }),
    sessions: { find: async () => session },
    tickets: {
      issue: async (hash, grant, untilMs) => void told.push({ ticket: hash, grant, forMs: untilMs - clock.now() }),
    },
    sockets: {
      post: async (to, text) => {
        told.push({ to, message: JSON.parse(text) });
        return 'sent';
      },
      close: async (to) => void told.push({ closed: to }),
    },
    keeper: (claim) => ({ claim }) as unknown as CallKeeper,
    dial: async (ticket, events) => {
      if (dialOutcome === 'refused') throw new DialRefused(409);
      told.push({ dialled: hashOfToken(ticket) });
      links.push(events);
      return { send: () => undefined, close: () => void told.push('link closed') };
    },
    recordings: { write: async () => undefined, note: async () => undefined },
    telephone: {
      hangUp: async ({ callId: hungUp }) => void told.push({ hungUp }),
      putThrough: async ({ nextUrl }) => void told.push({ putThrough: nextUrl }),
    },
    run,
    clock,
    secret: () => 'one-time',
    log: (code) => void logged.push(code),
  };
  const summons = { callId, epoch: 2, ownerToken: 'token' };
  return { callId, clock, told, logged, links, own: () => ownCall(deps)(summons, CONTEXT) };
};

const say = (links: readonly OwnerSocketEvents[], message: object): void =>
  links[0]?.message(JSON.stringify({ connectionId: 'caller', atMs: 1, message }));

const first = async (messages: AsyncIterable<InboundMessage>): Promise<InboundMessage | undefined> => {
  for await (const message of messages) return message;
  return undefined;
};

test('an owner dials with a one-time ticket of its own, hears its caller over that link, and answers it directly', async () => {
  const { callId, told, links, own } = invocation(async ({ connect }) => {
    const transport = await connect({} as never);
    say(links, { type: 'text', text: 'Hello' });
    expect([transport.kind, await first(transport.messages)]).toEqual(['relay', { type: 'text', text: 'Hello' }]);
    transport.send({ type: 'pong' });
    await transport.close(1000);
    return { how: 'ended', reason: 'client-ended' };
  });
  expect(await own()).toEqual({ how: 'ended' });
  const ticket = hashOfToken('one-time');
  expect(told).toEqual([
    { ticket, grant: { kind: 'owner', callId, epoch: 2 }, forMs: 30_000 },
    { dialled: ticket },
    { to: 'caller', message: { type: 'pong' } },
    'link closed',
    { closed: 'caller' },
  ]);
});

test('a session knows the end of its invocation, whose call it is, and by which token it claims', async () => {
  const seen: unknown[] = [];
  const { callId, clock, own, logged } = invocation(async ({ callId: id, epoch, deadlineMs, keeper }) => {
    seen.push({ id, epoch, deadlineMs, claim: keeper.claim });
    return { how: 'fenced' };
  });
  expect(await own()).toEqual({ how: 'fenced' });
  const claim = { callId, epoch: 2, ownerToken: 'token' };
  expect(seen).toEqual([{ id: callId, epoch: 2, deadlineMs: clock.now() + 900_000, claim }]);
  expect(logged).toEqual(['voice.session.fenced']);
});

test('a phone is spoken to in its provider’s own messages, and really hung up at the end', async () => {
  const phone = { transport: 'twilio', channel: 'phone', streamSid: 'MZ1' } as const;
  const { callId, told, clock, own } = invocation(async ({ connect }) => {
    const transport = await connect({} as never);
    transport.send({ type: 'audio', epoch: 2, turn: 0, audio: new Uint8Array(800).fill(255) });
    await clock.until(transport.close(1000), 5000);
    return { how: 'ended', reason: 'agent-ended' };
  }, phone);
  await own();
  expect(told).toContainEqual({ hungUp: callId });
  const messages = told.flatMap((entry) => ((entry as { to?: string }).to === 'caller' ? [entry] : []));
  expect(messages[0]).toMatchObject({ message: { event: 'media', streamSid: 'MZ1' } });
});

test.each<[string, Partial<VoiceSession>, 'up' | 'refused', string]>([
  ['whose place at the WebSocket API is taken', {}, 'refused', 'answered 409'],
  ['of a phone that has no stream', { transport: 'twilio' }, 'up', 'has no stream'],
])('an owner %s cannot connect', async (_, changes, dialled, message) => {
  const { own, told } = invocation(
    async ({ connect }) => {
      await expect(connect({} as never)).rejects.toThrow(message);
      return { how: 'ended', reason: 'failed' };
    },
    changes,
    dialled,
  );
  await own();
  expect(told.filter((entry) => typeof entry === 'object' && entry !== null && 'to' in entry)).toEqual([]);
});

test('an event that is no summons is an error', async () => {
  await expect(ownCall({} as OwnCallDeps)({ callId: 'x' }, CONTEXT)).rejects.toThrow(/ownerToken/);
});

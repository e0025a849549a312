import { beforeEach, describe, expect, it } from 'vitest';
import type { ChatItem } from '../../shared/connect/chat-message.ts';
import type { ConnectContact } from '../../shared/connect/contact-store.ts';
import { handBack, handOver, passOn } from '../../shared/connect/human-handoff.ts';
import { openChat } from '../../shared/connect/open-chat.ts';
import { receiveConnectChat } from '../../shared/connect/receive-connect-chat.ts';
import { connectSender } from '../../shared/connect/say-in-chat.ts';
import type { CustomerMessage } from '../../shared/messages/customer-message.ts';
import type { QueuedMessage, ReplyRoute } from '../../shared/social/queued-message.ts';
import { CUSTOMER_ID, chatWorld, clock, INSTANCE, OWNER } from './support/chat-world.ts';

const message = (channel: CustomerMessage['channel'], text: string): CustomerMessage => ({
  ...OWNER,
  channel,
  messageId: `m-${text}`,
  identity: { kind: 'phone', value: '+15551234567' },
  text,
  attachments: [],
  sentAtMs: 1,
});
const WHATSAPP: ReplyRoute = { kind: 'whatsapp', accountId: '111', to: '15551234567' };
const fromWhatsApp = (text: string): QueuedMessage => ({ message: message('whatsapp', text), route: WHATSAPP });
const HANDOFF = {
  outcome: 'answered' as const,
  text: 'I hand you over.',
  customerId: CUSTOMER_ID,
  handoff: { reason: 'Wants a refund.', summary: '', collected: {}, clauseIds: [] },
  wasSent: false,
};

let at: ReturnType<typeof chatWorld>;
beforeEach(() => {
  at = chatWorld();
});

const open = () =>
  openChat({ ...at.deps, queue: at.queue })({
    ...OWNER,
    channel: 'chat',
    contactId: 'contact-1',
    instanceArn: INSTANCE,
    identity: { kind: 'chat', value: 'contact-1' },
    displayName: 'Cozy',
  });
const opened = async () => {
  await open();
  await open();
  return at.rows.get('contact-1');
};

describe('a chat of Amazon Connect', () => {
  it('hears the agent over a bot that is brought in once', async () => {
    await opened();
    await connectSender({ ...at.deps, newToken: () => 't' })({
      userId: OWNER.userId,
      route: { kind: 'connect', contactId: 'contact-1' },
      text: 'Hello',
    });
    expect(at.did).toEqual(['stream contact-1', 'bot Cozy', 'connect participant contact-1', 'say Hello']);
  });

  it('answers what was written before the agent was there: the customer’s own words in this chat, in their order', async () => {
    const said = (Id: string, fields: Partial<ChatItem> = {}): ChatItem => ({
      Id,
      Type: 'MESSAGE',
      ContentType: 'text/plain',
      Content: ` ${Id} `,
      ParticipantRole: 'CUSTOMER',
      AbsoluteTime: '2026-11-21T12:00:00.000Z',
      ...fields,
    });
    at.transcript.push(
      said('first'),
      said('greeting', { ParticipantRole: 'SYSTEM' }),
      said('joined', { Type: 'EVENT', ContentType: 'application/vnd.amazonaws.connect.event.participant.joined' }),
      said('second', { ContentType: 'text/markdown', AbsoluteTime: undefined }),
      said('blank', { Content: ' ' }),
      said('third', { Type: 'ATTACHMENT', ContentType: 'image/png' }),
    );
    await open();
    const queued = (messageId: string, text = messageId, sentAtMs = Date.UTC(2026, 10, 21, 12)): QueuedMessage => ({
      message: {
        ...OWNER,
        channel: 'chat',
        messageId,
        identity: { kind: 'chat', value: 'contact-1' },
        text,
        attachments: text === '' ? ['file'] : [],
        sentAtMs,
      },
      route: { kind: 'connect', contactId: 'contact-1' },
    });
    expect(at.queued).toEqual([queued('first'), queued('second', 'second', clock.now()), queued('third', '')]);
  });

  it('is opened once more where that broke off before everything was queued, and not when it is over', async () => {
    at.transcript.push({
      Id: 'first',
      Type: 'MESSAGE',
      ContentType: 'text/plain',
      Content: 'Hi',
      ParticipantRole: 'CUSTOMER',
    });
    const { enqueue } = at.queue;
    at.queue.enqueue = async () => Promise.reject(new Error('unavailable'));
    await expect(open()).rejects.toThrow('unavailable');
    at.queue.enqueue = enqueue;
    await open();
    const contact = at.rows.get('contact-1') as ConnectContact;
    at.dead.add(contact.connectionToken);
    await open();
    await handBack(at.deps)(contact);
    await open();
    expect({
      did: at.did,
      queued: at.queued.map(({ message: { messageId } }) => messageId),
      rows: at.rows.size,
    }).toEqual({
      did: ['stream contact-1', 'bot Cozy', 'connect participant contact-1'],
      queued: ['first'],
      rows: 0,
    });
  });

  it('is spoken into over a new connection when the old one has run out, and not at all when it is over', async () => {
    const contact = await opened();
    at.dead.add(contact?.connectionToken ?? '');
    const send = connectSender({ ...at.deps, newToken: () => 't' });
    const reply = {
      userId: OWNER.userId,
      route: { kind: 'connect' as const, contactId: 'contact-1' },
      text: 'Still there?',
    };
    await send(reply);
    at.dead.add(at.rows.get('contact-1')?.connectionToken ?? '').add('participant contact-1');
    await expect(send(reply)).rejects.toMatchObject({ failure: 'recipient-gone' });
    expect(at.did.slice(-2)).toEqual(['connect participant contact-1', 'say Still there?']);
  });

  it('goes to the queue with what is known, as soon as the bot has left', async () => {
    await opened();
    await handOver(at.deps)(
      { message: message('chat', 'A person!'), route: { kind: 'connect', contactId: 'contact-1' } },
      HANDOFF,
    );
    expect({ did: at.did.slice(-2), until: at.withPersonUntil() }).toEqual({
      did: ['attributes contact-1 Wants a refund.', 'leave'],
      until: 1_000_000 + 86_400,
    });
  });
});

describe('a customer who writes elsewhere', () => {
  it('is given to a person in a chat of their own, once, and what they write goes there', async () => {
    await handOver(at.deps)(fromWhatsApp('I want my money back'), HANDOFF);
    await handOver(at.deps)(fromWhatsApp('I want my money back'), HANDOFF);
    await passOn(at.deps)(fromWhatsApp('Anybody?'));
    expect({ did: at.did, with: at.withPersonUntil() }).toEqual({
      did: [
        'start Ada: I want my money back (whatsapp)',
        'stream contact-9',
        'connect participant contact-9',
        'say Anybody?',
      ],
      with: 1_000_000 + 86_400,
    });
  });

  it('is the agent’s again when the chat is over', async () => {
    await handOver(at.deps)(fromWhatsApp('Help'), HANDOFF);
    const contact = at.rows.get('contact-9') as ConnectContact;
    at.dead.add(contact.connectionToken).add(contact.participantToken);
    await passOn(at.deps)(fromWhatsApp('Too late'));
    expect({ rows: at.rows.size, with: at.withPersonUntil() }).toEqual({ rows: 0, with: null });
  });
});

describe('what chats say to us', () => {
  const event = (fields: Record<string, unknown>) => ({
    Records: [
      {
        Sns: {
          MessageId: 'sns-1',
          Message: JSON.stringify({
            Id: 'message-1',
            Type: 'MESSAGE',
            ContentType: 'text/plain',
            Content: 'Hello',
            ParticipantRole: 'CUSTOMER',
            ContactId: 'contact-1',
            InitialContactId: 'contact-1',
            AbsoluteTime: '2026-11-21T12:00:00.000Z',
            ...fields,
          }),
        },
      },
    ],
  });

  const receiving = (deliver: (text: string) => Promise<void> = async () => undefined) => {
    const queued: QueuedMessage[] = [];
    const remembered: string[] = [];
    const logged: string[] = [];
    const receive = receiveConnectChat({
      contacts: at.deps.contacts,
      queue: { enqueue: async (more) => void queued.push(...more) },
      memory: {
        ...at.deps.memory,
        remember: async (_key, entries) => void remembered.push(...entries.map(({ role, text }) => `${role}: ${text}`)),
      },
      deliver: (_contact, text) => deliver(text),
      handBack: handBack(at.deps),
      clock,
      log: (code) => void logged.push(code),
    });
    return {
      queued,
      remembered,
      logged,
      receive: (one: ReturnType<typeof event>) => receive(one as Parameters<typeof receive>[0]),
    };
  };

  it('queues a customer’s words for the agent, with the way back', async () => {
    await opened();
    const { queued, receive } = receiving();
    await receive(event({}));
    await receive(event({ ParticipantRole: 'CUSTOM_BOT' }));
    await receive(event({ ParticipantRole: 'SYSTEM' }));
    await receive(event({ Type: 'EVENT', ContentType: 'application/vnd.amazonaws.connect.event.typing' }));
    expect(queued).toEqual([
      {
        message: {
          ...OWNER,
          channel: 'chat',
          messageId: 'message-1',
          identity: { kind: 'chat', value: 'contact-1' },
          text: 'Hello',
          attachments: [],
          sentAtMs: Date.UTC(2026, 10, 21, 12),
        },
        route: { kind: 'connect', contactId: 'contact-1' },
      },
    ]);
  });

  it('asks for what is said in a chat that is not known yet to be brought again, not for what comes when it is over', async () => {
    const { queued, receive } = receiving();
    await receive(event({ ParticipantRole: 'SYSTEM' }));
    await receive(event({ Type: 'EVENT', ContentType: 'application/vnd.amazonaws.connect.event.chat.ended' }));
    await expect(receive(event({}))).rejects.toThrow('not known yet');
    await expect(receive(event({ ParticipantRole: 'AGENT' }))).rejects.toThrow('not known yet');
    const contact = (await opened()) as ConnectContact;
    await receive(event({}));
    await handBack(at.deps)(contact);
    await receive(event({ Id: 'late' }));
    expect(queued.map(({ message: { messageId } }) => messageId)).toEqual(['message-1']);
  });

  it('brings a person’s words to where the customer writes, each once, and remembers them', async () => {
    await handOver(at.deps)(fromWhatsApp('Help'), HANDOFF);
    const delivered: string[] = [];
    const { remembered, receive } = receiving(async (text) => void delivered.push(text));
    const said = event({ ContactId: 'contact-9', ParticipantRole: 'AGENT', Content: 'I am Bo, how can I help?' });
    await receive(said);
    await receive(said);
    expect({ delivered, remembered }).toEqual({
      delivered: ['I am Bo, how can I help?'],
      remembered: ['human: I am Bo, how can I help?'],
    });
  });

  it('tries again when the platform did not take them', async () => {
    await handOver(at.deps)(fromWhatsApp('Help'), HANDOFF);
    let failures = 1;
    const delivered: string[] = [];
    const { receive } = receiving(async (text) => {
      if (failures-- > 0) throw new Error('unavailable');
      delivered.push(text);
    });
    const said = event({ ContactId: 'contact-9', ParticipantRole: 'AGENT' });
    await expect(receive(said)).rejects.toThrow('unavailable');
    await receive(said);
    expect(delivered).toEqual(['Hello']);
  });

  it('gives the customer back to the agent when the chat has ended', async () => {
    await handOver(at.deps)(fromWhatsApp('Help'), HANDOFF);
    await receiving().receive(
      event({
        ContactId: 'contact-9',
        Type: 'EVENT',
        ContentType: 'application/vnd.amazonaws.connect.event.chat.ended',
        Content: null,
      }),
    );
    expect({ rows: at.rows.size, with: at.withPersonUntil() }).toEqual({ rows: 0, with: null });
  });

  it('passes over what is no event of a chat', async () => {
    const { logged, receive } = receiving();
    await receive({ Records: [{ Sns: { MessageId: 'sns-1', Message: 'no json' } }] });
    expect(logged).toEqual(['connect.chat.unreadable']);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customerText, MAX_TEXT_LENGTH } from '../../../shared/social/inbound/inbound-message.ts';
import { metaMessages } from '../../../shared/social/inbound/meta.ts';
import { twitterMessages } from '../../../shared/social/inbound/twitter.ts';
import {
  directMessage,
  IG_ACCOUNT,
  messaging,
  NOON_MS,
  PAGE,
  PHONE_NUMBER_ID,
  whatsapp,
  whatsappEntry,
  whatsappText,
  X_USER,
} from '../support/platform-payloads.ts';

const readings = (body: unknown) =>
  metaMessages(body).map(({ messageId, text, attachments }) => ({ messageId, text, attachments }));

describe('messages of WhatsApp', () => {
  it('come with who wrote, from which number, when, and to which account', () => {
    expect(metaMessages(whatsappText('wamid.1', 'Are you open on Sunday?'))).toEqual([
      {
        channel: 'whatsapp',
        accountId: PHONE_NUMBER_ID,
        senderId: '16315551234',
        messageId: 'wamid.1',
        identity: { kind: 'phone', value: '+16315551234' },
        displayName: 'Kerry Fisher',
        text: 'Are you open on Sunday?',
        attachments: [],
        sentAtMs: NOON_MS,
      },
    ]);
  });

  it('of somebody who hides their number are by the id that stands for it, never taken for a number', () => {
    const hidden = { id: 'wamid.1', from: undefined, from_user_id: 'US.13491208655302741918', text: { body: 'Hello' } };
    expect(metaMessages(whatsapp(hidden))).toMatchObject([
      {
        senderId: 'US.13491208655302741918',
        identity: { kind: 'whatsapp', value: 'US.13491208655302741918' },
        text: 'Hello',
      },
    ]);
  });

  it('say what came with them, and what buttons and captions say', () => {
    const body = whatsapp(
      { id: '1', type: 'image', image: { id: 'm1', caption: 'This one' } },
      { id: '2', type: 'audio', audio: { id: 'm2', voice: true } },
      { id: '3', type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'b', title: 'Yes' } } },
      { id: '4', type: 'button', button: { payload: 'p', text: 'Stop' } },
      { id: '5', type: 'location', location: { latitude: 1, longitude: 2 } },
      { id: '6', type: 'unsupported', errors: [{ code: 131051 }] },
      { id: '7', type: 'reaction', reaction: { message_id: 'wamid.0', emoji: '👍' } },
      { id: '8', type: 'system', system: { body: 'Number changed' } },
    );
    expect(readings(body)).toEqual([
      { messageId: '1', text: 'This one', attachments: ['image'] },
      { messageId: '2', text: '', attachments: ['audio'] },
      { messageId: '3', text: 'Yes', attachments: [] },
      { messageId: '4', text: 'Stop', attachments: [] },
      { messageId: '5', text: '', attachments: ['location'] },
      { messageId: '6', text: '', attachments: ['unsupported'] },
    ]);
  });

  it('are split out of batches and put into the order they were written in', () => {
    const at = (seconds: number) => String(NOON_MS / 1000 + seconds);
    const body = {
      object: 'whatsapp_business_account',
      entry: [
        whatsappEntry([{ id: 'late', timestamp: at(9), text: { body: 'c' } }]),
        whatsappEntry([
          { id: 'first', timestamp: at(1), text: { body: 'a' } },
          { id: 'second', timestamp: at(2), text: { body: 'b' } },
        ]),
      ],
    };
    expect(metaMessages(body).map(({ messageId }) => messageId)).toEqual(['first', 'second', 'late']);
  });

  it('are not states of our own messages, echoes of other apps, or fields we did not ask for', () => {
    const statuses = [{ id: 'wamid.9', status: 'read', timestamp: '1', recipient_id: '16315551234' }];
    const entry = whatsappEntry([], { messages: undefined, statuses });
    const echoes = { ...entry, changes: [{ field: 'smb_message_echoes', value: { message_echoes: [{ id: 'x' }] } }] };
    expect(metaMessages({ object: 'whatsapp_business_account', entry: [entry, echoes] })).toEqual([]);
  });

  it('that cannot be read do not take the others with them', () => {
    const body = whatsapp({ id: '', text: { body: 'no id' } }, { id: 'good', text: { body: 'Hello' } });
    expect(readings(body)).toEqual([{ messageId: 'good', text: 'Hello', attachments: [] }]);
  });
});

describe('messages of Messenger and Instagram', () => {
  it('are the same but for their channel and whose they are', () => {
    const event = { message: { mid: 'm_1', text: 'Do you ship to Nyeri?' } };
    const said = {
      senderId: '4242',
      messageId: 'm_1',
      text: 'Do you ship to Nyeri?',
      attachments: [],
      sentAtMs: NOON_MS,
    };
    expect([
      ...metaMessages(messaging('page', PAGE, event)),
      ...metaMessages(messaging('instagram', IG_ACCOUNT, event)),
    ]).toEqual([
      { channel: 'facebook', accountId: PAGE, identity: { kind: 'facebook', value: '4242' }, ...said },
      { channel: 'instagram', accountId: IG_ACCOUNT, identity: { kind: 'instagram', value: '4242' }, ...said },
    ]);
  });

  it('are never our own: echoes, marked or not, are left out, as are receipts and what was taken back', () => {
    const body = messaging(
      'page',
      PAGE,
      { sender: { id: PAGE }, recipient: { id: '4242' }, message: { mid: 'm_1', text: 'Ours', is_echo: true } },
      { sender: { id: PAGE }, recipient: { id: '4242' }, message: { mid: 'm_2', text: 'Ours' } },
      { message: { mid: 'm_3', text: 'Ours', is_echo: true } },
      { read: { watermark: 1 } },
      { delivery: { mids: ['m_1'], watermark: 1 } },
      { message: { mid: 'm_4', is_deleted: true } },
      { reaction: { mid: 'm_1', action: 'react' } },
      { recipient: { id: 'another' }, message: { mid: 'm_5', text: 'Not for this page' } },
    );
    expect(metaMessages(body)).toEqual([]);
  });

  it('say what came with them, and what was pressed', () => {
    const body = messaging(
      'instagram',
      IG_ACCOUNT,
      { message: { mid: 'm_1', attachments: [{ type: 'image', payload: { url: 'https://cdn.example/1' } }] } },
      { message: { mid: 'm_2', is_unsupported: true } },
      { message: { mid: 'm_3', text: 'https://a.example', attachments: [{ type: 'fallback' }] } },
      { postback: { mid: 'm_4', title: 'Opening hours', payload: 'HOURS' } },
      { postback: { title: 'Get started' } },
    );
    expect(readings(body)).toEqual([
      { messageId: 'm_1', text: '', attachments: ['image'] },
      { messageId: 'm_2', text: '', attachments: ['unsupported'] },
      { messageId: 'm_3', text: 'https://a.example', attachments: [] },
      { messageId: 'm_4', text: 'Opening hours', attachments: [] },
      { messageId: `4242:${NOON_MS}`, text: 'Get started', attachments: [] },
    ]);
  });
});

describe('direct messages of X', () => {
  it('come with who wrote and when', () => {
    expect(twitterMessages(directMessage('1', 'Is my parcel on its way?'))).toEqual([
      {
        channel: 'twitter',
        accountId: X_USER,
        senderId: '3805104374',
        messageId: '1',
        identity: { kind: 'twitter', value: '3805104374' },
        displayName: 'Kim Doe',
        text: 'Is my parcel on its way?',
        attachments: [],
        sentAtMs: NOON_MS,
      },
    ]);
  });

  it('are not what the account itself sent', () => {
    const own = { sender_id: X_USER, target: { recipient_id: '3805104374' } };
    expect(twitterMessages(directMessage('1', 'Ours', own))).toEqual([]);
  });
});

describe('whatever a platform posts', () => {
  it('is read or left out, and never breaks anything', () => {
    const oddities = fc.oneof(fc.jsonValue(), fc.constantFrom(whatsappText('1', 'a'), directMessage('1', 'a')));
    fc.assert(
      fc.property(oddities, fc.jsonValue(), (body, odd) => {
        const bent = { ...(body as object), entry: [odd, { id: 'x', changes: [odd], messaging: [odd] }] };
        for (const object of ['page', 'instagram', 'whatsapp_business_account', '__proto__', 'toString']) {
          expect(Array.isArray(metaMessages({ ...bent, object }))).toBe(true);
        }
        expect(Array.isArray(metaMessages(body))).toBe(true);
        expect(Array.isArray(twitterMessages({ for_user_id: '1', direct_message_events: [odd], users: odd }))).toBe(
          true,
        );
      }),
    );
  });

  it('has a text of bearable length, well-formed, no character torn', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), fc.integer({ min: 0, max: 100 }), (text, times) => {
        const kept = customerText(text.repeat(times));
        expect({ fits: kept.length <= MAX_TEXT_LENGTH, isWellFormed: kept.isWellFormed() }).toEqual({
          fits: true,
          isWellFormed: true,
        });
      }),
    );
    expect(customerText('🙂'.repeat(1_000_000))).toBe('🙂'.repeat(MAX_TEXT_LENGTH / 2));
  });
});

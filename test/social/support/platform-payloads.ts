/** What platforms post, as their documentation shows it. */
export const PHONE_NUMBER_ID = '106540352242922';
const WABA = '102290129340398';
export const PAGE = '1900000000001';
export const IG_ACCOUNT = '17841400000000001';
export const X_USER = '2244994945';
/** 2026-11-21T12:00:00Z */
export const NOON_MS = Date.UTC(2026, 10, 21, 12);

export interface WhatsAppMessage {
  readonly from?: string | undefined;
  readonly id: string;
  readonly timestamp?: string;
  readonly type?: string;
  readonly [more: string]: unknown;
}

export const whatsappEntry = (messages: readonly WhatsAppMessage[], more: Record<string, unknown> = {}) => ({
  id: WABA,
  changes: [
    {
      field: 'messages',
      value: {
        messaging_product: 'whatsapp',
        metadata: { display_phone_number: '15550783881', phone_number_id: PHONE_NUMBER_ID },
        contacts: [{ profile: { name: 'Kerry Fisher' }, wa_id: '16315551234' }],
        messages: messages.map((message) => ({
          from: '16315551234',
          timestamp: String(NOON_MS / 1000),
          type: 'text',
          ...message,
        })),
        ...more,
      },
    },
  ],
});

export const whatsapp = (...messages: readonly WhatsAppMessage[]) => ({
  object: 'whatsapp_business_account',
  entry: [whatsappEntry(messages)],
});

export const whatsappText = (id: string, body: string, more: Record<string, unknown> = {}) =>
  whatsapp({ id, text: { body }, ...more });

export const messaging = (
  object: 'page' | 'instagram',
  account: string,
  ...events: readonly Record<string, unknown>[]
) => ({
  object,
  entry: [
    {
      id: account,
      time: NOON_MS,
      messaging: events.map((event) => ({
        sender: { id: '4242' },
        recipient: { id: account },
        timestamp: NOON_MS,
        ...event,
      })),
    },
  ],
});

export const directMessage = (id: string, text: string, more: Record<string, unknown> = {}) => ({
  for_user_id: X_USER,
  direct_message_events: [
    {
      type: 'message_create',
      id,
      created_timestamp: String(NOON_MS),
      message_create: {
        target: { recipient_id: X_USER },
        sender_id: '3805104374',
        message_data: { text, entities: { hashtags: [] } },
        ...more,
      },
    },
  ],
  users: { '3805104374': { id: '3805104374', name: 'Kim Doe', screen_name: 'kim' } },
});

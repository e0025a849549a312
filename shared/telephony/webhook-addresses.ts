/** Where Twilio reaches us. It signs these very addresses: they come from configuration, never from a request's `Host`. */
export interface WebhookAddresses {
  /** `https://api.example.com` */
  readonly apiUrl: string;
  /** `wss://voice.example.com/live` */
  readonly webSocketUrl: string;
}

const PATHS = {
  voice: '/api/v1/webhooks/twilio/voice',
  status: '/api/v1/webhooks/twilio/status',
  stream: '/api/v1/webhooks/twilio/stream-status',
  next: '/api/v1/webhooks/twilio/next',
} as const;

/** A webhook's public address; query parameters are part of what is signed. */
export const webhookUrl = (
  { apiUrl }: Pick<WebhookAddresses, 'apiUrl'>,
  webhook: keyof typeof PATHS,
  query: Readonly<Record<string, string>> = {},
): string => {
  const search = new URLSearchParams(query).toString();
  return `${apiUrl.replace(/\/$/, '')}${PATHS[webhook]}${search === '' ? '' : `?${search}`}`;
};

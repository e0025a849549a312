import type { WebhookPlatform } from './channel-credentials.ts';

/** 32 random bytes as base64url (`ids.secret`). */
const WEBHOOK_ID = /^[A-Za-z0-9_-]{43}$/;

export const isWebhookId = (text: string | undefined): text is string => text !== undefined && WEBHOOK_ID.test(text);

/** What a platform is told to call. The id says whose secret signs, and whose agents can be reached. */
export const socialWebhookUrl = (publicApiUrl: string, platform: WebhookPlatform, webhookId: string): string =>
  `${publicApiUrl.replace(/\/$/, '')}/api/v1/webhooks/${platform}/${webhookId}`;

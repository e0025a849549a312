import { randomUUID } from 'node:crypto';
import type { HttpEvent } from '../../../shared/http/http-lambda.ts';
import type { AgentId, UserId } from '../../../shared/kernel/ids.ts';
import type { CredentialsOf } from '../../../shared/social/channel-credentials.ts';
import type { QueuedMessage } from '../../../shared/social/queued-message.ts';
import { type ReceiveSocialMessageDeps, socialWebhooks } from '../../../shared/social/receive-social-message.ts';
import { metaSignature, twitterSignature } from '../../../shared/social/signatures.ts';
import { httpLambda } from '../../http/support/api-lambda.ts';
import { IG_ACCOUNT, NOON_MS, PAGE, PHONE_NUMBER_ID, X_USER } from './platform-payloads.ts';

export const ANN = 'ann' as UserId;
export const AGENT = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11' as AgentId;
export const WEBHOOK = { meta: 'm'.repeat(43), twitter: 'x'.repeat(43) } as const;
export const META: CredentialsOf['meta'] = {
  appSecret: 'app-secret-of-ann',
  verifyToken: 'verify-token-of-ann',
  accessToken: 'EAAG-token-of-ann',
};
export const TWITTER: CredentialsOf['twitter'] = {
  consumerKey: 'consumer-key',
  consumerSecret: 'consumer-secret-of-ann',
  accessToken: 'access-token',
  accessTokenSecret: 'access-token-secret',
};

interface Posted {
  readonly platform?: 'meta' | 'twitter';
  readonly webhookId?: string;
  readonly method?: 'GET' | 'POST';
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly headers?: Record<string, string>;
  readonly query?: Record<string, string>;
}

/** The webhooks' Lambda over tables in memory: Ann's account on each platform is answered by her agent. */
export const startWebhooks = (change: Partial<ReceiveSocialMessageDeps> = {}) => {
  const world = {
    queued: [] as QueuedMessage[],
    meta: META as CredentialsOf['meta'] | undefined,
    credentialReads: 0,
    nowMs: NOON_MS,
    owners: new Map<string, UserId>(
      [`whatsapp#${PHONE_NUMBER_ID}`, `facebook#${PAGE}`, `instagram#${IG_ACCOUNT}`, `twitter#${X_USER}`].map((key) => [
        key,
        ANN,
      ]),
    ),
  };
  const deps: ReceiveSocialMessageDeps = {
    webhooks: {
      findWebhook: async (webhookId) => {
        const platform = webhookId === WEBHOOK.meta ? 'meta' : 'twitter';
        return Object.values(WEBHOOK).includes(webhookId as never)
          ? { webhookId, platform, userId: ANN, createdAt: 1 }
          : undefined;
      },
    },
    credentials: {
      find: async (_userId, platform) => {
        world.credentialReads += 1;
        const credentials = platform === 'meta' ? world.meta : TWITTER;
        return credentials && ({ credentials, webhookId: 'w' } as never);
      },
    },
    accounts: {
      findAccount: async ({ channelType, accountId }) => {
        const userId = world.owners.get(`${channelType}#${accountId}`);
        return userId && { userId, agentId: AGENT };
      },
    },
    queue: { enqueue: async (messages) => void world.queued.push(...messages) },
    clock: { now: () => world.nowMs },
    log: () => undefined,
    ...change,
  };
  const handle = httpLambda(socialWebhooks(deps), () => undefined);
  const call = async (posted: Posted) => {
    const { platform = 'meta', method = 'POST', webhookId = WEBHOOK[platform], query } = posted;
    const rawPath = `/api/v1/webhooks/${platform}/${webhookId}`;
    const answer = await handle({
      routeKey: `${method} /api/v1/webhooks/${platform}/{webhookId}`,
      rawPath,
      rawQueryString: new URLSearchParams(query).toString(),
      headers: { 'content-type': 'application/json', ...posted.headers },
      ...(query === undefined ? {} : { queryStringParameters: query }),
      pathParameters: { webhookId },
      ...(posted.body === undefined ? {} : { body: posted.body }),
      isBase64Encoded: posted.isBase64Encoded ?? false,
      requestContext: { requestId: randomUUID(), domainName: 'api.example.com' },
    } as HttpEvent);
    const text = answer.isBase64Encoded ? Buffer.from(answer.body ?? '', 'base64').toString() : (answer.body ?? '');
    const type = String(answer.headers?.['content-type'] ?? '');
    return {
      status: answer.statusCode,
      type,
      text,
      code: type.includes('problem') ? JSON.parse(text).code : undefined,
    };
  };
  return {
    world,
    call,
    /** A webhook of Meta, signed as Meta signs. */
    meta: (body: unknown, { secret = META.appSecret, ...more }: Posted & { secret?: string } = {}) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const signature = metaSignature(secret, Buffer.from(text));
      return call({ body: text, ...more, headers: { 'x-hub-signature-256': signature, ...more.headers } });
    },
    twitter: (body: unknown, { secret = TWITTER.consumerSecret, ...more }: Posted & { secret?: string } = {}) => {
      const text = JSON.stringify(body);
      const signature = twitterSignature(secret, text);
      return call({ platform: 'twitter', body: text, headers: { 'x-twitter-webhooks-signature': signature }, ...more });
    },
  };
};

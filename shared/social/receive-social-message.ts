import * as z from 'zod';
import type { ChannelStore } from '../channels/channel-store.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import { decodeUtf8 } from '../http/multipart.ts';
import { parseJson } from '../http/read-body.ts';
import type { ApiAnswer } from '../http/request.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import type { UserId } from '../kernel/ids.ts';
import type { Log } from '../kernel/log.ts';
import { type ProblemError, problem } from '../kernel/problems.ts';
import type { ChannelCredentialsStore, CredentialsOf, WebhookPlatform } from './channel-credentials.ts';
import { enqueueInbound, type InboundDeps, platformRoute } from './enqueue-inbound.ts';
import type { InboundMessage } from './inbound/inbound-message.ts';
import { metaMessages } from './inbound/meta.ts';
import { twitterMessages } from './inbound/twitter.ts';
import { isSame, metaSignature, twitterSignature } from './signatures.ts';
import { isWebhookId } from './webhook.ts';

export const ReceiveSocialMessageEnv = z.object({
  CHANNELS_TABLE: text,
  RESOURCE_PREFIX: text,
  MESSAGE_QUEUE_URL: text,
});

export interface ReceiveSocialMessageDeps extends InboundDeps {
  readonly webhooks: Pick<ChannelStore, 'findWebhook'>;
  readonly credentials: Pick<ChannelCredentialsStore, 'find'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Meta asks whether the address is the tenant's: the challenge comes back as it is. */
const answerMetaHandshake =
  (deps: ReceiveSocialMessageDeps) =>
  async ({ params, query }: RequestOf<'answerMetaHandshake'>): Promise<ApiAnswer> => {
    const { credentials } = await ownerOf(deps, 'meta', params.webhookId);
    if (!isSame(credentials.verifyToken, query['hub.verify_token'])) {
      throw problem('wrong-verify-token', 'The verify token is not the one of these credentials.');
    }
    const content = Buffer.from(query['hub.challenge'], 'utf8');
    return { status: 200, raw: { content, contentType: 'text/plain; charset=utf-8' } };
  };

/** X asks, about hourly, whether we have the secret. */
const answerTwitterCrc =
  (deps: ReceiveSocialMessageDeps) =>
  async ({ params, query }: RequestOf<'answerTwitterCrc'>): Promise<ApiAnswer> => {
    const { credentials } = await ownerOf(deps, 'twitter', params.webhookId);
    return { status: 200, body: { response_token: twitterSignature(credentials.consumerSecret, query.crc_token) } };
  };

/** Messages of WhatsApp, Messenger and Instagram: queued, then 200 at once. */
const receiveMetaMessages = (deps: ReceiveSocialMessageDeps) => {
  const owners = rememberedOwners(deps, 'meta');
  return async (request: RequestOf<'receiveMetaMessages'>): Promise<ApiAnswer> => {
    const given = request.headers['x-hub-signature-256'];
    const isSigned = ({ appSecret }: CredentialsOf['meta']) =>
      isSame(metaSignature(appSecret, request.body.bytes), given);
    const owner = await owners.signing(request.params.webhookId, isSigned);
    return accept(deps, owner, metaMessages(readSigned(request.body.bytes)));
  };
};

/** Direct messages of X: queued, then 200 at once. */
const receiveTwitterMessages = (deps: ReceiveSocialMessageDeps) => {
  const owners = rememberedOwners(deps, 'twitter');
  return async (request: RequestOf<'receiveTwitterMessages'>): Promise<ApiAnswer> => {
    const given = request.headers['x-twitter-webhooks-signature'];
    const isSigned = ({ consumerSecret }: CredentialsOf['twitter']) =>
      isSame(twitterSignature(consumerSecret, request.body.bytes), given);
    const owner = await owners.signing(request.params.webhookId, isSigned);
    return accept(deps, owner, twitterMessages(readSigned(request.body.bytes)));
  };
};

/** All webhooks of platforms, by their operations. */
export const socialWebhooks = (deps: ReceiveSocialMessageDeps) => ({
  answerMetaHandshake: answerMetaHandshake(deps),
  answerTwitterCrc: answerTwitterCrc(deps),
  receiveMetaMessages: receiveMetaMessages(deps),
  receiveTwitterMessages: receiveTwitterMessages(deps),
});

const accept = async (
  deps: ReceiveSocialMessageDeps,
  { userId }: { readonly userId: UserId },
  messages: readonly InboundMessage[],
): Promise<ApiAnswer> => {
  const nowMs = deps.clock.now();
  const { queued, ignored } = await enqueueInbound(deps, messages, { userId, nowMs, routeOf: platformRoute });
  if (ignored > 0) deps.log('social.messages.ignored', { userId, queued, ignored });
  return { status: 200 };
};

/** Throws `invalid-encoding` or `malformed-json`. */
const readSigned = (bytes: Uint8Array): unknown => {
  const decoded = decodeUtf8(bytes);
  if (decoded === undefined) throw problem('invalid-encoding', 'The body is not UTF-8.');
  return parseJson(decoded);
};

interface Owner<Platform extends WebhookPlatform> {
  readonly userId: UserId;
  readonly credentials: CredentialsOf[Platform];
}

/** Throws `webhook-not-found`, also when its credentials were taken back. */
const ownerOf = async <Platform extends WebhookPlatform>(
  { webhooks, credentials }: Pick<ReceiveSocialMessageDeps, 'webhooks' | 'credentials'>,
  platform: Platform,
  webhookId: string | undefined,
): Promise<Owner<Platform>> => {
  const webhook = isWebhookId(webhookId) ? await webhooks.findWebhook(webhookId) : undefined;
  if (webhook === undefined || webhook.platform !== platform) throw webhookNotFound();
  const stored = await credentials.find(webhook.userId, platform);
  if (stored === undefined) throw webhookNotFound();
  return { userId: webhook.userId, credentials: stored.credentials };
};

const webhookNotFound = (): ProblemError =>
  problem('webhook-not-found', 'There is no webhook at this address; PUT /channel-credentials makes one.');

/** How long credentials that were taken back still let a platform in. */
const FRESH_MS = 30_000;
const MAX_OWNERS = 200;

/** Owners of webhooks, remembered for half a minute; a signature that does not fit is tried against fresh credentials once. */
const rememberedOwners = <Platform extends WebhookPlatform>(deps: ReceiveSocialMessageDeps, platform: Platform) => {
  const known = new Map<string, { readonly owner: Owner<Platform>; readonly atMs: number }>();
  const fresh = async (webhookId: string | undefined): Promise<Owner<Platform>> => {
    const owner = await ownerOf(deps, platform, webhookId);
    if (known.size >= MAX_OWNERS) known.clear();
    known.set(String(webhookId), { owner, atMs: deps.clock.now() });
    return owner;
  };
  return {
    /** Whose webhook it is, if `isSigned` says so; throws `webhook-not-found` or `invalid-signature`. */
    signing: async (
      webhookId: string | undefined,
      isSigned: (credentials: CredentialsOf[Platform]) => boolean,
    ): Promise<Owner<Platform>> => {
      const standing = known.get(String(webhookId));
      const isFresh = standing !== undefined && deps.clock.now() - standing.atMs < FRESH_MS;
      if (isFresh && isSigned(standing.owner.credentials)) return standing.owner;
      const owner = await fresh(webhookId);
      if (isSigned(owner.credentials)) return owner;
      throw problem('invalid-signature', 'The body is not signed with the secret of these credentials.');
    },
  };
};

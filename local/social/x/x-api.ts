import { type ApiAnswer, type ApiRequest, jsonBody } from '../api.ts';
import type { SocialFaults } from '../faults.ts';
import { newId, type SocialAccount, type SocialNetwork } from '../network.ts';
import { WindowLimiter } from '../rate-limit.ts';
import { isSigned, readOAuth } from './oauth1.ts';
import {
  invalidRequest,
  notFound,
  notPermitted,
  rateHeaders,
  serviceUnavailable,
  tooManyRequests,
  unauthorized,
  unsupportedAuthentication,
  XProblem,
} from './x-problem.ts';
import type { XAppRow, XWebhooks } from './x-webhooks.ts';

export interface XParts {
  readonly network: SocialNetwork;
  readonly webhooks: XWebhooks;
  readonly faults: SocialFaults;
  readonly limits: XLimits;
}

export interface XLimits {
  /** Direct messages of a user in 15 minutes. */
  readonly directMessages: WindowLimiter;
  /** Signatures whose nonce was used before; by `{token}/{timestamp}/{nonce}`. */
  readonly nonces: Set<string>;
}

/** 15 messages in 15 minutes a user (docs.x.com, "Rate limits", 2026-11). */
export const xLimits = (messages = 15): XLimits => ({
  directMessages: new WindowLimiter(messages, 15 * 60_000),
  nonces: new Set(),
});

/** docs.x.com, direct messages, 2026-11. */
const MOST_CHARACTERS = 10_000;
/** A timestamp may be so far off, in seconds. */
const CLOCK_SKEW_SECONDS = 300;
/** Of the pay-per-use tier. */
const MOST_WEBHOOKS = 1;
const MOST_SUBSCRIPTIONS = 3;

/** The part of X's API v2 that has to do with direct messages and webhooks, with X's own refusals. */
export const xApi =
  (parts: XParts) =>
  async (request: ApiRequest): Promise<ApiAnswer> => {
    try {
      return await route(parts, request);
    } catch (error) {
      if (error instanceof XProblem) return error.answer;
      throw error;
    }
  };

async function route(parts: XParts, request: ApiRequest): Promise<ApiAnswer> {
  const { pathname } = request.url;
  const [, participant] = /^\/2\/dm_conversations\/with\/([^/]+)\/messages$/.exec(pathname) ?? [];
  if (participant !== undefined && request.method === 'POST') return sendMessage(parts, request, participant);
  if (pathname === '/2/users/me' && request.method === 'GET') {
    const { accountId: id, name } = userOf(parts, request);
    return { status: 200, body: { data: { id, name, username: name.replaceAll(/\W/g, '_') } } };
  }
  const [, webhookId] = /^\/2\/webhooks(?:\/(\d+))?$/.exec(pathname) ?? [];
  if (/^\/2\/webhooks(\/|$)/.test(pathname)) return manageWebhooks(parts, request, webhookId);
  const [, subscribed, userId] =
    /^\/2\/account_activity\/webhooks\/(\d+)\/subscriptions(?:\/(\d+))?\/all$/.exec(pathname) ?? [];
  if (subscribed !== undefined) return manageSubscription(parts, request, subscribed, userId);
  throw notFound(pathname);
}

/** The user that an OAuth 1.0a signature stands for. Throws 401 for one that does not hold. */
function userOf({ network, webhooks, limits }: XParts, request: ApiRequest): SocialAccount {
  const oauth = readOAuth(request.authorization);
  if (oauth === undefined) throw /^Bearer /i.test(request.authorization) ? unsupportedAuthentication() : unauthorized();
  const app = webhooks.apps().find(({ consumerKey }) => consumerKey === oauth.oauth_consumer_key);
  const account = network
    .accounts()
    .find((one) => one.platform === 'twitter' && one.accessToken === oauth.oauth_token && one.appId === app?.appId);
  if (app === undefined || account === undefined || account.isTokenExpired) throw unauthorized();
  const { oauth_timestamp: timestamp = '', oauth_nonce: nonce = '' } = oauth;
  const isTimely = Math.abs(network.clock.now() / 1000 - Number(timestamp)) <= CLOCK_SKEW_SECONDS;
  const once = `${account.accessToken}/${timestamp}/${nonce}`;
  const secrets = { consumerSecret: app.consumerSecret, tokenSecret: account.accessTokenSecret ?? '' };
  const isHmac = oauth.oauth_signature_method === 'HMAC-SHA1';
  if (!isTimely || !isHmac || nonce === '' || limits.nonces.has(once) || !isSigned(request, oauth, secrets)) {
    throw unauthorized();
  }
  limits.nonces.add(once);
  return account;
}

/** The app that a bearer token stands for. */
function appOf({ webhooks }: XParts, { authorization }: ApiRequest): XAppRow {
  const app = webhooks.apps().find(({ bearerToken }) => authorization === `Bearer ${bearerToken}`);
  if (app === undefined) throw unauthorized();
  return app;
}

async function sendMessage(parts: XParts, request: ApiRequest, participant: string): Promise<ApiAnswer> {
  const { network, faults, limits, webhooks } = parts;
  const account = userOf(parts, request);
  const fault = faults.next(account);
  const nowMs = network.clock.now();
  if (fault?.kind === 'slow') await network.clock.sleep(fault.delayMs ?? 0);
  if (fault?.kind === 'token-expired') throw unauthorized();
  if (fault?.kind === 'server-error') throw serviceUnavailable();
  if (fault?.kind === 'no-answer') return { status: 500, body: {}, isLost: true };
  if (fault?.kind === 'rate-limited') {
    const resetAtMs = nowMs + (fault.retryAfterSeconds ?? 60) * 1000;
    throw tooManyRequests(rateHeaders({ limit: 15, remaining: 0, resetAtMs }));
  }
  const { text } = jsonBody(request.body) ?? {};
  if (typeof text !== 'string' || text === '') throw invalidRequest('text', 'text or attachments is required');
  if (text.length > MOST_CHARACTERS) {
    throw invalidRequest('text', `text must be at most ${MOST_CHARACTERS} characters long`);
  }
  const address = { platform: 'twitter', accountId: account.accountId, customerId: participant } as const;
  const customer = network.customer(address);
  // Somebody who never wrote takes messages only of accounts that they follow, which nobody does here.
  if (customer === undefined || customer.lastSaidAtMs === 0) throw notPermitted();
  const window = limits.directMessages.take(account.accountId, nowMs);
  if (window.remaining < 0) throw tooManyRequests(rateHeaders(window));
  const messageId = newId.number();
  network.deliver(address, { messageId, text, type: 'text' });
  const own = {
    messageId,
    text,
    atMs: nowMs,
    name: customer.name,
    senderId: account.accountId,
    recipientId: participant,
  };
  const conversation = [account.accountId, participant].sort().join('-');
  return {
    status: 201,
    body: { data: { dm_conversation_id: conversation, dm_event_id: messageId } },
    headers: rateHeaders(window),
    ...(fault?.kind === 'lost-answer' ? { isLost: true } : {}),
    afterwards: () => webhooks.emit(account, [own]),
  };
}

async function manageWebhooks(parts: XParts, request: ApiRequest, id: string | undefined): Promise<ApiAnswer> {
  const { webhooks, network } = parts;
  const app = appOf(parts, request);
  const shown = () => (webhooks.app(app.appId)?.webhooks ?? []).map(describe);
  if (id === undefined && request.method === 'GET') {
    return { status: 200, body: { data: shown(), meta: { result_count: shown().length } } };
  }
  if (id === undefined && request.method === 'POST') {
    const url = checkAddress(app, jsonBody(request.body)?.url);
    if (!(await webhooks.isAnswering(app, url))) throw invalidRequest('url', 'CrcValidationFailed');
    const webhook = { id: newId.number(), url, isValid: true, createdAtMs: network.clock.now(), subscriptions: [] };
    webhooks.save({ ...app, webhooks: [...app.webhooks, webhook] });
    return { status: 200, body: { data: describe(webhook) } };
  }
  const webhook = app.webhooks.find((one) => one.id === id);
  if (webhook === undefined) throw invalidRequest('webhook_id', 'WebhookIdInvalid');
  if (request.method === 'DELETE') {
    webhooks.save({ ...app, webhooks: app.webhooks.filter((one) => one.id !== id) });
    return { status: 200, body: { data: { deleted: true } } };
  }
  if (request.method !== 'PUT') throw notFound(request.url.pathname);
  const isValid = await webhooks.isAnswering(app, webhook.url);
  webhooks.change(app.appId, webhook.id, (one) => ({ ...one, isValid }));
  return { status: 200, body: { data: { valid: isValid } } };
}

/** X takes no address with a port; one of this machine must have one. */
function checkAddress(app: XAppRow, url: unknown): string {
  if (typeof url !== 'string' || !URL.canParse(url)) throw invalidRequest('url', 'WebhookConfigInvalid');
  const { hostname, port, protocol } = new URL(url);
  const isHere = ['127.0.0.1', 'localhost'].includes(hostname);
  if (!isHere && (port !== '' || protocol !== 'https:')) throw invalidRequest('url', 'WebhookConfigInvalid');
  if (app.webhooks.some((webhook) => webhook.url === url)) throw invalidRequest('url', 'DuplicateUrlFailed');
  if (app.webhooks.length >= MOST_WEBHOOKS) {
    throw new XProblem(403, { title: 'Forbidden', detail: 'Too many resources already created.' });
  }
  return url;
}

const describe = ({ id, url, isValid, createdAtMs }: XAppRow['webhooks'][number]) => ({
  id,
  url,
  valid: isValid,
  created_at: new Date(createdAtMs).toISOString(),
});

function manageSubscription(parts: XParts, request: ApiRequest, id: string, userId: string | undefined): ApiAnswer {
  const { webhooks } = parts;
  const isRemoval = request.method === 'DELETE' && userId !== undefined;
  const { appId, accountId } = isRemoval ? { ...appOf(parts, request), accountId: userId } : userOf(parts, request);
  const app = webhooks.app(appId);
  const webhook = app?.webhooks.find((one) => one.id === id);
  if (app === undefined || webhook === undefined) throw invalidRequest('webhook_id', 'WebhookIdInvalid');
  const isSubscribed = webhook.subscriptions.includes(accountId);
  if (request.method === 'GET') return { status: 200, body: { data: { subscribed: isSubscribed } } };
  const others = webhook.subscriptions.filter((one) => one !== accountId);
  if (isRemoval) {
    webhooks.change(app.appId, id, (one) => ({ ...one, subscriptions: others }));
    return { status: 200, body: { data: { subscribed: false } } };
  }
  if (request.method !== 'POST') throw notFound(request.url.pathname);
  if (isSubscribed) throw invalidRequest('webhook_id', 'DuplicateSubscriptionFailed');
  const count = app.webhooks.reduce((sum, { subscriptions }) => sum + subscriptions.length, 0);
  if (count >= MOST_SUBSCRIPTIONS) {
    throw new XProblem(403, { title: 'Forbidden', detail: 'SubscriptionLimitExceeded' });
  }
  webhooks.change(app.appId, id, (one) => ({ ...one, subscriptions: [...others, accountId] }));
  return { status: 200, body: { data: { subscribed: true } } };
}

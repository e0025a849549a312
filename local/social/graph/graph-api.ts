import { createHmac, timingSafeEqual } from 'node:crypto';
import { type ApiAnswer, type ApiRequest, type JsonRecord, jsonBody } from '../api.ts';
import type { SocialFaults } from '../faults.ts';
import type { SocialAccount } from '../network.ts';
import { expiredToken, GraphError, invalidParameter, invalidToken, unknownNode } from './graph-error.ts';
import { faultyAnswer } from './graph-faults.ts';
import type { MessengerMessages } from './messenger-messages.ts';
import type { MetaParts } from './meta-app.ts';
import type { MetaAppRow } from './meta-webhooks.ts';
import { META_OBJECTS, type MetaObject, messengerEchoes, whatsappStatuses } from './payloads.ts';
import type { WhatsAppMessages } from './whatsapp-messages.ts';

/** Which of Meta's two hosts is asked. */
export type GraphHost = 'graph.facebook.com' | 'graph.instagram.com';

export interface GraphParts extends MetaParts {
  readonly whatsapp: WhatsAppMessages;
  readonly messenger: MessengerMessages;
  readonly faults: SocialFaults;
}

interface Asked {
  readonly request: ApiRequest;
  readonly host: GraphHost;
  readonly node: string;
  readonly edge: string | undefined;
  readonly parameters: JsonRecord;
  readonly token: string;
}

/** The part of the Graph API that has to do with messages and webhooks, with its own refusals. */
export const graphApi =
  (parts: GraphParts, host: GraphHost) =>
  async (request: ApiRequest): Promise<ApiAnswer> => {
    try {
      return await answer(parts, read(request, host));
    } catch (error) {
      if (error instanceof GraphError) return error.answer;
      throw error;
    }
  };

function read(request: ApiRequest, host: GraphHost): Asked {
  const [, node = '', edge] = /^(?:\/v\d+\.\d+)?\/([^/]+)(?:\/([^/]+))?\/?$/.exec(request.url.pathname) ?? [];
  const isForm = request.contentType.startsWith('application/x-www-form-urlencoded');
  const sent = isForm ? Object.fromEntries(new URLSearchParams(request.body.toString('utf8'))) : jsonBody(request.body);
  if (sent === undefined && request.body.length > 0) throw invalidParameter('Invalid JSON in the request body.');
  const parameters = { ...Object.fromEntries(request.url.searchParams), ...sent };
  const [, bearer] = /^Bearer (.+)$/i.exec(request.authorization) ?? [];
  const token = bearer ?? parameters.access_token;
  if (typeof token !== 'string') {
    const message = 'An active access token must be used to query information about the current user.';
    throw new GraphError({ status: 400, code: 2500, message });
  }
  return { request, host, node, edge, parameters, token };
}

async function answer(parts: GraphParts, asked: Asked): Promise<ApiAnswer> {
  const { edge, request, node } = asked;
  if (edge === 'subscriptions') return subscriptions(parts, asked);
  const account = accountOf(parts, asked);
  if (edge === undefined && request.method === 'GET') return { status: 200, body: describe(account) };
  if (edge === 'subscribed_apps') return subscribedApps(parts, account, asked);
  if (edge === 'messages' && request.method === 'POST') return sendMessage(parts, account, asked);
  throw unknownNode(node, request.method);
}

/** The account that is asked about, once the token speaks for it. */
function accountOf(
  { network, webhooks }: GraphParts,
  { node, host, token, parameters, request }: Asked,
): SocialAccount {
  const here = network
    .accounts()
    .filter(
      ({ platform }) => (platform === 'instagram') === (host === 'graph.instagram.com') && platform !== 'twitter',
    );
  const owner = (account: SocialAccount) => webhooks.app(account.appId);
  const isToken = (account: SocialAccount) =>
    account.accessToken === token || (account.platform === 'whatsapp' && owner(account)?.accessToken === token);
  const speaking = here.filter(isToken);
  const [first] = speaking;
  if (first === undefined) throw invalidToken();
  if (speaking.every(({ isTokenExpired }) => isTokenExpired)) throw expiredToken(network.clock.now());
  checkProof(owner(first), token, parameters);
  const meant = speaking.find(
    ({ accountId, businessAccountId, platform }) =>
      node === accountId || node === businessAccountId || (node === 'me' && platform !== 'whatsapp'),
  );
  if (meant === undefined) throw unknownNode(node, request.method);
  return meant;
}

function checkProof(app: MetaAppRow | undefined, token: string, { appsecret_proof: proof }: JsonRecord): void {
  if (app === undefined || proof === undefined) return;
  const expected = createHmac('sha256', app.appSecret).update(token).digest();
  const given = Buffer.from(typeof proof === 'string' ? proof : '', 'hex');
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  throw new GraphError({
    code: 100,
    type: 'GraphMethodException',
    message: 'Invalid appsecret_proof provided in the API argument',
  });
}

function describe({ platform, accountId, name, displayPhoneNumber }: SocialAccount): object {
  if (platform === 'facebook') return { id: accountId, name };
  if (platform === 'instagram')
    return { id: accountId, user_id: accountId, username: name.toLowerCase().replaceAll(' ', '_'), name };
  return { id: accountId, display_phone_number: displayPhoneNumber, verified_name: name, quality_rating: 'GREEN' };
}

function subscribedApps({ network, webhooks }: GraphParts, account: SocialAccount, { request }: Asked): ApiAnswer {
  const alike = network
    .accounts()
    .filter(({ businessAccountId, accountId }) =>
      account.platform === 'whatsapp'
        ? businessAccountId === account.businessAccountId
        : accountId === account.accountId,
    );
  if (request.method === 'GET') {
    const app = account.isSubscribed ? webhooks.app(account.appId) : undefined;
    return { status: 200, body: { data: app ? [{ id: app.appId, name: `App ${app.appId}` }] : [] } };
  }
  for (const one of alike) network.saveAccount({ ...one, isSubscribed: request.method === 'POST' });
  return { status: 200, body: { success: true } };
}

/** The app's own webhooks; asked with the app's token, `{app id}|{app secret}`. */
async function subscriptions(
  { webhooks }: GraphParts,
  { node, token, request, parameters }: Asked,
): Promise<ApiAnswer> {
  const app = webhooks.app(node);
  if (app === undefined || token !== `${app.appId}|${app.appSecret}`) throw invalidToken();
  if (request.method === 'GET') {
    const data = Object.entries(app.webhooks).map(([object, url]) => ({ object, callback_url: url, active: true }));
    return { status: 200, body: { data } };
  }
  const object = META_OBJECTS.find((one): one is MetaObject => one === parameters.object);
  if (object === undefined)
    throw invalidParameter('Param object must be one of {page, instagram, whatsapp_business_account}');
  if (request.method === 'DELETE') {
    const { [object]: _removed, ...left } = app.webhooks;
    webhooks.save({ ...app, webhooks: left });
    return { status: 200, body: { success: true } };
  }
  const { callback_url: url, verify_token: verifyToken } = parameters;
  if (typeof url !== 'string' || !URL.canParse(url)) throw invalidParameter('Param callback_url must be a valid URL');
  if (typeof verifyToken !== 'string') throw invalidParameter('The parameter verify_token is required.');
  await webhooks.subscribe(app.appId, object, url, verifyToken).catch((error: Error) => {
    const message = `(#2200) Callback verification failed with the following errors: ${error.message}`;
    throw new GraphError({ code: 2200, message });
  });
  return { status: 200, body: { success: true } };
}

async function sendMessage(parts: GraphParts, account: SocialAccount, asked: Asked): Promise<ApiAnswer> {
  const { answer: faulty, isLost } = await faultyAnswer(parts, account);
  if (faulty) return faulty;
  const nowMs = parts.network.clock.now();
  const lost = isLost ? { isLost } : {};
  if (account.platform === 'whatsapp') {
    const { answer: body, message } = parts.whatsapp.accept(account, asked.parameters);
    const entry = message && whatsappStatuses(account, message.messageId, message.customerId, nowMs);
    return { status: 200, body, ...lost, afterwards: () => tell(parts, account, 'whatsapp_business_account', entry) };
  }
  const { answer: body, message } = parts.messenger.accept(account, asked.parameters);
  const object = account.platform === 'facebook' ? 'page' : 'instagram';
  const entry = message && messengerEchoes(account, message, nowMs);
  return { status: 200, body, ...lost, afterwards: () => tell(parts, account, object, entry) };
}

async function tell(
  { webhooks }: GraphParts,
  { appId, isSubscribed }: SocialAccount,
  object: MetaObject,
  entry: object | undefined,
): Promise<void> {
  if (entry && isSubscribed) await webhooks.emit(appId, { object, entry });
}

import { realClock } from '../core/clock.ts';
import { listen } from '../core/listener.ts';
import type { CloudClock, KeyValueStore } from '../core/service.ts';
import { type ApiRequest, serveApi } from './api.ts';
import { type AwsWhatsAppLinks, makeAwsLinks, type WhatsAppExchange } from './aws-links.ts';
import { makeSocialFaults, type SocialFaults } from './faults.ts';
import { graphApi } from './graph/graph-api.ts';
import { GRAPH_FAILURE } from './graph/graph-error.ts';
import { MessengerMessages } from './graph/messenger-messages.ts';
import { type MetaApp, type MetaAppOptions, openMetaApp } from './graph/meta-app.ts';
import { MetaWebhooks } from './graph/meta-webhooks.ts';
import { WhatsAppMessages } from './graph/whatsapp-messages.ts';
import { SocialNetwork } from './network.ts';
import { type PeopleAccess, peopleApi, peopleKey } from './people-api.ts';
import { WebhookDeliveries } from './webhook-deliveries.ts';
import { xApi, xLimits } from './x/x-api.ts';
import { openXApp, type XApp, type XAppOptions } from './x/x-app.ts';
import { X_FAILURE } from './x/x-problem.ts';
import { XWebhooks } from './x/x-webhooks.ts';

export interface SocialOptions {
  readonly store: (namespace: string) => KeyValueStore;
  readonly clock?: CloudClock;
  /** Direct messages of a user of X in 15 minutes; 15 unless given. */
  readonly directMessages?: number;
}

/** The social platforms on this machine, and everybody who writes there. */
export interface LocalSocial {
  /** Addresses in the place of the platforms' own, by the names of functions' variables. */
  readonly peers: () => Readonly<Record<'GRAPH_API_URL' | 'INSTAGRAM_API_URL' | 'X_API_URL', string>>;
  /** WhatsApp, Messenger and Instagram. */
  readonly meta: { readonly app: (options?: MetaAppOptions) => MetaApp };
  readonly x: { readonly app: (options?: XAppOptions) => XApp };
  /** WhatsApp numbers that are linked to AWS End User Messaging Social. */
  readonly aws: AwsWhatsAppLinks;
  readonly faults: SocialFaults;
  /** For `npm run inbox`. */
  readonly people: () => PeopleAccess;
}

export interface SocialPlatforms extends LocalSocial {
  /** For the embedded AWS End User Messaging Social. */
  readonly exchange: WhatsAppExchange;
  /** Takes loopback ports, the Graph API the one given. Throws when it is taken. */
  readonly listen: (port: number) => Promise<void>;
  /** Delivers what an earlier process had not delivered. */
  readonly resume: () => void;
  readonly close: () => Promise<void>;
}

/** Makes the platforms; they listen once they are told to. */
export function makeSocial({ store, clock = realClock, directMessages }: SocialOptions): SocialPlatforms {
  const network = new SocialNetwork({ store: store('social'), clock });
  const deliveries = new WebhookDeliveries({ store: store('social-deliveries'), clock });
  const faults = makeSocialFaults();
  const webhooks = new MetaWebhooks({ store: store('social'), deliveries });
  const whatsapp = new WhatsAppMessages(network);
  const graph = { network, webhooks, whatsapp, messenger: new MessengerMessages(network), faults };
  const xWebhooks = new XWebhooks({ store: store('social'), deliveries, clock });
  const x = { network, webhooks: xWebhooks, faults, limits: xLimits(directMessages) };
  const { links, exchange } = makeAwsLinks({ network, whatsapp, faults });
  const urls = { GRAPH_API_URL: '', INSTAGRAM_API_URL: '', X_API_URL: '' };
  const closing: (() => Promise<void>)[] = [];
  const serve = async (name: keyof typeof urls, port: number, handler: ReturnType<typeof serveApi>) => {
    const listener = await listen(port, { request: (request, response) => void handler(request, response) });
    closing.push(listener.close);
    urls[name] = `http://127.0.0.1:${listener.port}`;
  };
  const meta = { app: (options?: MetaAppOptions) => openMetaApp({ network, webhooks }, options) };
  const apps = { meta, x: { app: (options?: XAppOptions) => openXApp({ network, webhooks: xWebhooks }, options) } };
  const key = peopleKey(store('social'));
  const people = peopleApi(apps, key);
  const facebook = graphApi(graph, 'graph.facebook.com');
  const onFacebook = (request: ApiRequest) =>
    request.url.pathname.startsWith('/people/') ? people(request) : facebook(request);
  return {
    peers: () => urls,
    ...apps,
    people: () => ({ url: urls.GRAPH_API_URL, key }),
    aws: links,
    faults,
    exchange,
    listen: async (port) => {
      await serve('GRAPH_API_URL', port, serveApi(onFacebook, GRAPH_FAILURE));
      await serve('INSTAGRAM_API_URL', 0, serveApi(graphApi(graph, 'graph.instagram.com'), GRAPH_FAILURE));
      await serve('X_API_URL', 0, serveApi(xApi(x), X_FAILURE));
    },
    resume: () => deliveries.resume(),
    close: async () => {
      await deliveries.close();
      await Promise.all(closing.splice(0).map((close) => close()));
    },
  };
}

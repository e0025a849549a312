import { lookup as systemLookup } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { ProviderError } from './provider-error.ts';
import { type AddressPolicy, addressObstacle, isAllowedAddress } from './safe-address.ts';

export interface ProviderRequest {
  readonly method: 'POST' | 'GET';
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | FormData;
  readonly signal: AbortSignal;
}

/** The way to services that tenants name. */
export interface ProviderNetwork {
  /**
   * One request; redirects are answers like any other, never followed. The body streams. Throws `ProviderError`
   * `unsafe-address`, else what Node throws.
   */
  readonly fetch: (url: string, request: ProviderRequest) => Promise<Response>;
  /** For a WebSocket client that dials this address. Throws `ProviderError` `unsafe-address`. */
  readonly dialing: (url: string) => { readonly lookup: LookupFunction; readonly followRedirects: false };
}

/** As `dns.lookup` with `all`. */
export type Resolve = (
  hostname: string,
  options: { readonly all: true; readonly family?: number | 'IPv4' | 'IPv6' },
  callback: (error: NodeJS.ErrnoException | null, addresses: readonly { address: string; family: number }[]) => void,
) => void;

const unsafe = (what: string): ProviderError => new ProviderError('unsafe-address', `The address ${what}`);

/**
 * Resolves a name and refuses it when any of its addresses is none of the internet. It is asked by the connection
 * itself, so that the address that was checked is the one that is dialled: a name cannot change in between.
 */
const guardedLookup =
  (policy: AddressPolicy, resolve: Resolve): LookupFunction =>
  (hostname, options, callback) => {
    const { family } = options;
    resolve(hostname, { all: true, ...(family === undefined ? {} : { family }) }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return callback(error ?? new Error(`${hostname} has no address.`), []);
      if (!addresses.every(({ address }) => isAllowedAddress(address, policy))) {
        return callback(unsafe(`is not one of the public internet: ${hostname} leads inside.`), []);
      }
      if (options.all) return callback(null, [...addresses]);
      return callback(null, first.address, first.family);
    });
  };

/** Sockets kept for the next request: a conversation asks the same service again and again. */
const AGENT = { keepAlive: true, maxFreeSockets: 8 };

/** The way out under a policy; connections are kept and shared by whoever uses it. */
export const providerNetwork = (policy: AddressPolicy, resolve: Resolve = systemLookup as Resolve): ProviderNetwork => {
  const lookup = guardedLookup(policy, resolve);
  const agents = { secure: new HttpsAgent(AGENT), plain: new HttpAgent(AGENT) };
  const demand = (url: string): void => {
    const obstacle = addressObstacle(url, policy);
    if (obstacle !== undefined) throw unsafe(obstacle);
  };
  return {
    fetch: async (url, { method, headers, body, signal }) => {
      demand(url);
      const encoded = await encodedBody(body);
      const settings = { method, headers: { ...headers, ...encoded?.headers }, signal, lookup };
      return new Promise((resolved, reject) => {
        const request = url.startsWith('https:')
          ? httpsRequest(url, { ...settings, agent: agents.secure })
          : httpRequest(url, { ...settings, agent: agents.plain });
        request.on('response', (response) => resolved(streamed(response)));
        request.on('error', reject);
        request.end(encoded?.bytes);
      });
    },
    dialing: (url) => {
      demand(url);
      return { lookup, followRedirects: false };
    },
  };
};

/** A form gets its boundary; everything gets its length. */
const encodedBody = async (body: ProviderRequest['body']) => {
  if (body === undefined) return undefined;
  const form = body instanceof FormData ? new Response(body) : undefined;
  const bytes = form === undefined ? Buffer.from(body as string) : Buffer.from(await form.arrayBuffer());
  const type = form?.headers.get('content-type');
  return { bytes, headers: { 'content-length': String(bytes.length), ...(type ? { 'content-type': type } : {}) } };
};

/** Answers that have no body, by the constructor of `Response`. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

const streamed = (response: IncomingMessage): Response => {
  const status = response.statusCode ?? 500;
  const headers = Object.entries(response.headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
  );
  if (BODILESS.has(status)) response.resume();
  const body = BODILESS.has(status) ? null : (Readable.toWeb(response) as ReadableStream<Uint8Array>);
  // A status outside 200 to 599 is none that `Response` takes; nobody here tells those apart.
  return new Response(body, { status: status < 200 || status > 599 ? 502 : status, headers });
};

/** Where services may be for whoever was told nothing else: on the internet only. */
export const publicNetwork = (): ProviderNetwork => {
  shared ??= providerNetwork('public');
  return shared;
};

let shared: ProviderNetwork | undefined;

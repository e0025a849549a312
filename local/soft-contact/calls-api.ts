import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type Listener, listen } from '../core/listener.ts';
import { type ApiAnswer, type ApiRequest, jsonBody, serveApi } from '../social/api.ts';
import type { LocalConnect } from './index.ts';
import type { ContactState, SoftCall } from './soft-call.ts';

/** Where another program of this machine calls numbers of the embedded Amazon Connect, and with which key. */
export interface CallsAccess {
  readonly url: string;
  readonly key: string;
}

/** A call as its caller knows it, once it is their turn. */
export interface CallView {
  readonly contactId: string | null;
  readonly refused: string | null;
  readonly state: ContactState;
  /** Everything that was said to the caller so far. */
  readonly heard: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

const KEYS = /^[0-9*#]{1,32}$/;
const NOTHING: ApiAnswer = { status: 404, body: {} };

/** Serves the telephones of callers on a free loopback port, until it is closed. */
export async function serveCalls(
  connect: Pick<LocalConnect, 'dial' | 'contact'>,
): Promise<CallsAccess & Pick<Listener, 'close'>> {
  const key = randomBytes(24).toString('base64url');
  const handler = serveApi(callsApi(connect, key), {});
  const { port, close } = await listen(0, { request: (request, response) => void handler(request, response) });
  return { url: `http://127.0.0.1:${port}`, key, close };
}

const viewOf = (call: SoftCall): CallView => ({
  contactId: call.contactId ?? null,
  refused: call.refused ?? null,
  state: call.state(),
  heard: call.heard(),
  attributes: call.attributes(),
});

const callsApi =
  (connect: Pick<LocalConnect, 'dial' | 'contact'>, key: string) =>
  async ({ method, url, authorization, body }: ApiRequest): Promise<ApiAnswer> => {
    const [given, expected] = [Buffer.from(authorization), Buffer.from(`Bearer ${key}`)];
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { status: 401, body: {} };
    const { from = '', to = '', keys = '' } = (jsonBody(body) ?? {}) as Readonly<Record<string, string>>;
    if (method === 'POST' && url.pathname === '/calls') {
      return { status: 200, body: viewOf(await connect.dial({ from, to })) };
    }
    const [, contactId, isKeys] = /^\/calls\/([0-9a-f-]{36})(\/keys)?$/.exec(url.pathname) ?? [];
    const call = contactId === undefined ? undefined : callOf(connect, contactId);
    if (call === undefined) return NOTHING;
    if (method === 'POST' && isKeys !== undefined && KEYS.test(keys)) await call.press(keys);
    else if (method === 'DELETE' && isKeys === undefined) await call.hangUp();
    else return NOTHING;
    return { status: 200, body: viewOf(call) };
  };

const callOf = (connect: Pick<LocalConnect, 'contact'>, contactId: string): SoftCall | undefined => {
  try {
    return connect.contact(contactId);
  } catch {
    return undefined;
  }
};

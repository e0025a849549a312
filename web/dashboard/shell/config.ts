/** What `/config.json` says: where this stage is served. Written by `infra/web/`. */
export interface DashboardConfig {
  /** Base of the HTTP API, an absolute address without the trailing slash. */
  readonly api: string;
  /** `wss://…`: the WebSocket API with its stage. */
  readonly webSocket: string;
  /** `iss` of the tokens. */
  readonly issuer: string;
  /** Base of Cognito's hosted pages: `/oauth2/authorize`, `/oauth2/token`, `/logout`. */
  readonly signIn: string;
  readonly clientId: string;
  readonly stage: string;
}

const NAMES = ['api', 'webSocket', 'issuer', 'signIn', 'clientId', 'stage'] as const;

/** Reads the document of `/config.json`; `origin` completes an `api` that is only a path. Throws an `Error` that names what is missing. */
export function readConfig(document: unknown, origin: string): DashboardConfig {
  const given = (document ?? {}) as Record<string, unknown>;
  const missing = NAMES.filter((name) => typeof given[name] !== 'string' || given[name] === '');
  if (missing.length > 0) throw new Error(`config.json does not say ${missing.join(', ')}.`);
  const of = (name: (typeof NAMES)[number]): string => String(given[name]);
  return {
    api: new URL(of('api'), origin).href.replace(/\/$/, ''),
    webSocket: of('webSocket'),
    issuer: of('issuer'),
    signIn: of('signIn').replace(/\/$/, ''),
    clientId: of('clientId'),
    stage: of('stage'),
  };
}

/** Reads it from beside the dashboard, which is at `origin`. Throws when the document cannot be had. */
export async function loadConfig(origin: string): Promise<DashboardConfig> {
  const answer = await fetch('/config.json', { cache: 'no-store' });
  if (!answer.ok) throw new Error(`config.json could not be read (${answer.status}).`);
  return readConfig(await answer.json(), origin);
}

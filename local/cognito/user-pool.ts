import { createHash } from 'node:crypto';
import type { CloudContext, DeclaredResource, KeyValueStore, ResourceProvider } from '../core/service.ts';
import { requireText } from '../core/text.ts';
import { withoutTlsOnLoopback } from '../web/stand-ins.ts';

/** A user pool as the template declares it. */
export interface UserPool {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly allowsSignUp: boolean;
  /** Users sign in with their e-mail address and are named by their `sub`. */
  readonly usesEmail: boolean;
  readonly passwordPolicy: PasswordPolicy;
}

export interface PasswordPolicy {
  readonly MinimumLength?: number;
  readonly RequireLowercase?: boolean;
  readonly RequireUppercase?: boolean;
  readonly RequireNumbers?: boolean;
  readonly RequireSymbols?: boolean;
}

export interface UserPoolClient {
  readonly clientId: string;
  readonly name: string;
  readonly userPoolId: string;
  readonly authFlows: readonly string[];
  readonly accessTokenSeconds: number;
  readonly idTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  /** OAuth 2 at the pool's domain; nothing for clients that only use the API. */
  readonly oauthFlows: readonly string[];
  readonly oauthScopes: readonly string[];
  readonly callbackUrls: readonly string[];
  readonly logoutUrls: readonly string[];
}

export interface UserRecord {
  readonly sub: string;
  readonly username: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly status: 'FORCE_CHANGE_PASSWORD' | 'CONFIRMED' | 'UNCONFIRMED';
  readonly enabled: boolean;
  readonly passwordHash?: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Tokens issued before this are revoked (`GlobalSignOut`). */
  readonly signedOutAtMs?: number;
}

export interface Session {
  readonly userPoolId: string;
  readonly clientId: string;
  readonly sub: string;
  readonly authTimeMs: number;
  readonly expiresAtMs: number;
  readonly originJti: string;
  /** Of a sign-in at the pool's domain; of one by the API it is Cognito's own scope. */
  readonly scopes?: readonly string[];
}

export interface CognitoState {
  readonly pools: Map<string, UserPool>;
  readonly clients: Map<string, UserPoolClient>;
  readonly users: KeyValueStore;
  readonly sessions: KeyValueStore;
  readonly keys: KeyValueStore;
}

const SECONDS: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

/** A token validity with its unit; the defaults are Cognito's: an hour, an hour, thirty days. */
function validitySeconds(resource: DeclaredResource, token: 'AccessToken' | 'IdToken' | 'RefreshToken'): number {
  const value = resource.properties[`${token}Validity`];
  const units = (resource.properties.TokenValidityUnits ?? {}) as Record<string, string>;
  const byDefault = token === 'RefreshToken' ? 'days' : 'hours';
  if (value === undefined) return token === 'RefreshToken' ? 30 * 86_400 : 3600;
  return Number(value) * (SECONDS[units[token] ?? byDefault] ?? 3600);
}

/** An id in Cognito's alphabet, the same for the same resource at every start. */
const stableId = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('base64url').replaceAll(/[-_]/g, '').slice(0, length);

function ensurePool({ accountId, region }: CloudContext, state: CognitoState, resource: DeclaredResource) {
  const { properties, physicalName } = resource;
  const name = requireText(properties.UserPoolName ?? physicalName, 'UserPoolName');
  const id = `${region}_${stableId(name, 9)}`;
  const { AllowAdminCreateUserOnly } = (properties.AdminCreateUserConfig ?? {}) as {
    AllowAdminCreateUserOnly?: boolean;
  };
  const { PasswordPolicy = {} } = (properties.Policies ?? {}) as { PasswordPolicy?: PasswordPolicy };
  const arn = `arn:aws:cognito-idp:${region}:${accountId}:userpool/${id}`;
  const usesEmail = ((properties.UsernameAttributes ?? []) as string[]).includes('email');
  state.pools.set(id, {
    id,
    name,
    arn,
    allowsSignUp: !AllowAdminCreateUserOnly,
    usesEmail,
    passwordPolicy: PasswordPolicy,
  });
  const provider = `cognito-idp.${region}.amazonaws.com/${id}`;
  return {
    ref: id,
    attributes: { Arn: arn, ProviderName: provider, ProviderURL: `https://${provider}`, UserPoolId: id },
  };
}

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function ensureClient(state: CognitoState, resource: DeclaredResource) {
  const { properties, physicalName } = resource;
  const name = requireText(properties.ClientName ?? physicalName, 'ClientName');
  const clientId = stableId(`${name}-client`, 26).toLowerCase();
  state.clients.set(clientId, {
    clientId,
    name,
    userPoolId: requireText(properties.UserPoolId, 'UserPoolId'),
    authFlows: (properties.ExplicitAuthFlows ?? ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH']) as string[],
    accessTokenSeconds: validitySeconds(resource, 'AccessToken'),
    idTokenSeconds: validitySeconds(resource, 'IdToken'),
    refreshTokenSeconds: validitySeconds(resource, 'RefreshToken'),
    oauthFlows: properties.AllowedOAuthFlowsUserPoolClient === true ? textsOf(properties.AllowedOAuthFlows) : [],
    oauthScopes: textsOf(properties.AllowedOAuthScopes),
    callbackUrls: textsOf(properties.CallbackURLs).map(withoutTlsOnLoopback),
    logoutUrls: textsOf(properties.LogoutURLs).map(withoutTlsOnLoopback),
  });
  return { ref: clientId, attributes: { ClientId: clientId, Name: name } };
}

/** Pools and clients of the template; users live in the store. */
export function cognitoProviders(context: CloudContext, state: CognitoState): readonly ResourceProvider[] {
  return [
    { type: 'AWS::Cognito::UserPool', ensure: async (resource) => ensurePool(context, state, resource) },
    { type: 'AWS::Cognito::UserPoolClient', ensure: async (resource) => ensureClient(state, resource) },
    {
      type: 'AWS::Cognito::UserPoolDomain',
      ensure: async ({ properties }) => ({ ref: requireText(properties.Domain, 'Domain'), attributes: {} }),
    },
    // How the pages look on AWS.
    {
      type: 'AWS::Cognito::ManagedLoginBranding',
      ensure: async ({ physicalName }) => ({
        ref: physicalName,
        attributes: { ManagedLoginBrandingId: physicalName },
      }),
    },
  ];
}

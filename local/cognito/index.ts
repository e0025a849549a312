import * as client from '@aws-sdk/client-cognito-identity-provider';
import type { JSONWebKeySet } from 'jose';
import { defineSchemaService } from '../core/schema-service.ts';
import type { AwsService, CloudContext, RawRequest } from '../core/service.ts';
import { makeHostedUi } from './hosted-ui.ts';
import { cognitoOperations } from './operations.ts';
import { makeTokens } from './tokens.ts';
import { type CognitoState, cognitoProviders } from './user-pool.ts';
import { makeUsers } from './users.ts';

/** The embedded Cognito: besides its API it tells API Gateway the keys of its issuers. */
export interface EmbeddedCognito extends AwsService {
  /** Public keys of `https://cognito-idp.<region>.amazonaws.com/<pool>`; undefined for another issuer. */
  readonly jwksOf: (issuer: string) => Promise<JSONWebKeySet | undefined>;
}

const UNSIGNED = [
  'InitiateAuth',
  'RespondToAuthChallenge',
  'SignUp',
  'GetUser',
  'GlobalSignOut',
  'RevokeToken',
] as const;
const WELL_KNOWN = /^\/([\w-]+_\w+)\/\.well-known\/(jwks\.json|openid-configuration)$/;
const DOCUMENT = 'GetWellKnownDocument';
const HOSTED = 'HostedUi';

const isOpen = (operation: string): boolean => operation === DOCUMENT || operation === HOSTED;

const wellKnownOf = ({ method, url }: RawRequest): RegExpExecArray | null =>
  method === 'GET' ? WELL_KNOWN.exec(url.pathname) : null;

function answerJson({ response }: RawRequest, status: number, document: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(document));
}

/** User pools of the template: users in the store, real RS256 tokens, OpenID Connect documents. */
export function makeCognito(context: CloudContext): EmbeddedCognito {
  const state: CognitoState = {
    pools: new Map(),
    clients: new Map(),
    users: context.store('cognito-users'),
    sessions: context.store('cognito-sessions'),
    keys: context.store('cognito-keys'),
  };
  const users = makeUsers(context, state);
  const tokens = makeTokens(context, state);
  const hosted = makeHostedUi({ context, users, tokens });
  const issuerPrefix = `https://cognito-idp.${context.region}.amazonaws.com/`;
  const jwksOf: EmbeddedCognito['jwksOf'] = async (issuer) => {
    const userPoolId = issuer.startsWith(issuerPrefix) ? issuer.slice(issuerPrefix.length) : '';
    return state.pools.has(userPoolId) ? tokens.jwks(userPoolId) : undefined;
  };
  const api = defineSchemaService({
    name: 'cognito-idp',
    signingName: 'cognito-idp',
    client,
    targetPrefix: 'AWSCognitoIdentityProviderService',
    operations: cognitoOperations({ context, users, tokens }),
    unsigned: UNSIGNED,
    needs: (operation, { UserPoolId }: { UserPoolId?: string }) =>
      (UNSIGNED as readonly string[]).includes(operation)
        ? []
        : [{ action: `cognito-idp:${operation}`, resource: state.pools.get(UserPoolId ?? '')?.arn ?? '*' }],
    resources: cognitoProviders(context, state),
  });

  const serveDocument = async (request: RawRequest): Promise<void> => {
    const [, userPoolId = '', name] = wellKnownOf(request) ?? [];
    const keys = await jwksOf(issuerPrefix + userPoolId);
    if (!keys) return answerJson(request, 404, { message: `User pool ${userPoolId} does not exist.` });
    if (name === 'jwks.json') return answerJson(request, 200, keys);
    answerJson(request, 200, {
      issuer: issuerPrefix + userPoolId,
      jwks_uri: `${context.endpointUrl()}/${userPoolId}/.well-known/jwks.json`,
      authorization_endpoint: `${context.endpointUrl()}/oauth2/authorize`,
      token_endpoint: `${context.endpointUrl()}/oauth2/token`,
      userinfo_endpoint: `${context.endpointUrl()}/oauth2/userInfo`,
      revocation_endpoint: `${context.endpointUrl()}/oauth2/revoke`,
      end_session_endpoint: `${context.endpointUrl()}/logout`,
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code'],
      scopes_supported: ['openid', 'email', 'phone', 'profile'],
      subject_types_supported: ['public'],
    });
  };

  return {
    ...api,
    claim: (request) => {
      if (wellKnownOf(request)) return DOCUMENT;
      return hosted.serves(request) ? HOSTED : api.claim(request);
    },
    unsigned: (operation, request) => isOpen(operation) || (api.unsigned?.(operation, request) ?? false),
    needs: (operation, request) => (isOpen(operation) ? [] : api.needs(operation, request)),
    handle: (call) => {
      if (call.operation === DOCUMENT) return serveDocument(call.request);
      return call.operation === HOSTED ? hosted.handle(call.request) : api.handle(call);
    },
    jwksOf,
  };
}

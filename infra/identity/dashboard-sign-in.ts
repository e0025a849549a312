import { Aws, Duration, Lazy, Stack } from 'aws-cdk-lib';
import {
  CfnManagedLoginBranding,
  ManagedLoginVersion,
  OAuthScope,
  UserPoolClient,
  UserPoolDomain,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { Identity } from './identity.ts';

export interface DashboardSignInProps {
  readonly config: StageConfig;
  readonly identity: Identity;
}

/** Where `oratio login` waits for the browser (RFC 8252 §7.3): see `cli/account/browser-sign-in.ts`. */
const COMMAND_LINE = 'http://localhost:47150/signed-in';

/**
 * How a browser signs in at Cognito's own pages: a public client for code and PKCE, which comes back to the dashboard's
 * address, or to the command line on the same machine, only (docs/adr/0050-the-dashboard-has-one-origin.md).
 */
export class DashboardSignIn extends Construct {
  readonly client: UserPoolClient;
  /** Base of `/oauth2/authorize`, `/oauth2/token` and `/logout`. */
  readonly url: string;
  #dashboardUrl = '';

  constructor(scope: Construct, id: string, { config, identity }: DashboardSignInProps) {
    super(scope, id);
    const { userPool } = identity;
    const address = (path: string): string => Lazy.string({ produce: () => this.#dashboardUrl + path });
    this.client = new UserPoolClient(this, 'Client', {
      userPool,
      userPoolClientName: `${config.prefix}-dashboard`,
      generateSecret: false,
      authFlows: {},
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
        callbackUrls: [address('/signed-in'), COMMAND_LINE],
        logoutUrls: [address('/signed-out')],
      },
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      // A working day: a browser that is left alone signs its user out by the next one.
      refreshTokenValidity: Duration.hours(12),
    });
    const domain = new UserPoolDomain(this, 'Domain', {
      userPool,
      // One name space for all accounts of a region.
      cognitoDomain: { domainPrefix: `${config.prefix}-${Aws.ACCOUNT_ID}` },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    // Without a style of its own a client has no pages in the newer login.
    const style = new CfnManagedLoginBranding(this, 'Style', {
      userPoolId: userPool.userPoolId,
      clientId: this.client.userPoolClientId,
      useCognitoProvidedValues: true,
    });
    style.node.addDependency(domain);
    this.url = `https://${domain.domainName}.auth.${Stack.of(this).region}.amazoncognito.com`;
  }

  /** Says where the dashboard is (`https://…`, no path), which is known only after the API. */
  servedAt(url: string): void {
    this.#dashboardUrl = url;
  }
}

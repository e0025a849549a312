import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountRecovery, FeaturePlan, Mfa, UserPool, type UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { acknowledge } from '../kernel/acknowledge.ts';

/** Who may call the API. Users are made by an administrator (docs/deploy.md); tenancy is the token's `sub`. */
export class Identity extends Construct {
  readonly userPool: UserPool;
  readonly client: UserPoolClient;

  constructor(scope: Construct, id: string, { config }: { readonly config: StageConfig }) {
    super(scope, id);
    this.userPool = new UserPool(this, 'Users', {
      userPoolName: `${config.prefix}-users`,
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      autoVerify: { email: true },
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { sms: false, otp: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      featurePlan: FeaturePlan.ESSENTIALS,
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      deletionProtection: config.retainData,
      removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.client = this.userPool.addClient('Client', {
      userPoolClientName: `${config.prefix}-client`,
      authFlows: { userPassword: true, userSrp: true },
      generateSecret: false,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(30),
    });
    acknowledge(
      this.userPool,
      'COG2',
      'A second factor is each user’s choice: machine clients sign in with a password only.',
    );
    acknowledge(
      this.userPool,
      'COG8',
      'Threat protection needs the Plus plan at a price per user; users are made by an administrator and the API is throttled.',
    );
    acknowledge(
      this.userPool,
      'COG3',
      'Threat protection needs the Plus plan at a price per user; users are made by an administrator and the API is throttled.',
    );
  }

  /** Where Cognito's API answers. */
  get apiUrl(): string {
    const { region, urlSuffix } = Stack.of(this);
    return `https://cognito-idp.${region}.${urlSuffix}`;
  }

  /** Who issues the tokens, as their `iss` says. */
  get issuer(): string {
    return `${this.apiUrl}/${this.userPool.userPoolId}`;
  }
}

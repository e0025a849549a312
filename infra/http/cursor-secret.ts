import { RemovalPolicy } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { acknowledge } from '../kernel/acknowledge.ts';
import type { OratioFunction } from '../kernel/oratio-function.ts';

/** The key that signs page cursors: a client can neither forge one nor move it to another tenant's list. */
export class CursorSecret extends Construct {
  readonly #secret: Secret;

  constructor(scope: Construct, id: string, { config }: { readonly config: StageConfig }) {
    super(scope, id);
    this.#secret = new Secret(this, 'Secret', {
      secretName: `${config.prefix}/cursor-key`,
      description: 'Signs the cursors of listings. A new value only ends listings under way.',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(
      this.#secret,
      'SMG4',
      'A leaked key lets a user skip within his own listing only; rotation by hand is in RUNBOOK.md.',
    );
  }

  grantRead(fn: OratioFunction): void {
    fn.provide('CURSOR_SECRET_ARN', this.#secret.secretArn);
    fn.allow(['secretsmanager:GetSecretValue'], [this.#secret.secretArn]);
  }
}

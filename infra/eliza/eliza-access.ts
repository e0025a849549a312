import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { OratioFunction } from '../kernel/oratio-function.ts';
import type { ElizaServer } from './eliza-server.ts';

/** Lets functions reach the stage's ElizaOS server; in a stage without one, tells them that there is none. */
export class ElizaAccess {
  readonly #server: ElizaServer | undefined;
  readonly #config: StageConfig;

  constructor(config: StageConfig, server: ElizaServer | undefined) {
    this.#config = config;
    this.#server = server;
  }

  /** `ELIZA_API_URL` and `ELIZA_SECRET_NAME`, the right to read the token, and a place in the server's network. */
  admit(fn: OratioFunction): void {
    const { elizaos } = this.#config;
    fn.provide('ELIZA_API_URL', elizaos === undefined ? '' : `https://${elizaos.domainName}`);
    fn.provide('ELIZA_SECRET_NAME', elizaos?.secretName ?? '');
    if (elizaos === undefined) return;
    this.#server?.admit(fn);
    // Secrets Manager appends six random characters to the name of a secret.
    fn.allow(['secretsmanager:GetSecretValue'], [secretArn(fn, `${elizaos.secretName}-??????`)]);
  }
}

const secretArn = (scope: IConstruct, name: string): string =>
  Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

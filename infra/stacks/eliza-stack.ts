import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { ElizaServer } from '../eliza/eliza-server.ts';

export interface ElizaStackProps extends StackProps {
  readonly config: StageConfig;
  readonly eliza: NonNullable<StageConfig['elizaos']>;
}

/** A service of its own, paid by the hour: it is switched on and off without a word to the rest, whose stack is near CloudFormation's 500 resources. */
export class ElizaStack extends Stack {
  readonly server: ElizaServer;

  constructor(scope: Construct, id: string, { config, eliza, ...props }: ElizaStackProps) {
    super(scope, id, props);
    this.server = new ElizaServer(this, 'Eliza', { config, eliza });
  }
}

import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import {
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LogDrivers,
  OperatingSystemFamily,
  type TaskDefinition,
  Secret as TaskSecret,
} from 'aws-cdk-lib/aws-ecs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { acknowledge, acknowledgeWildcards } from '../kernel/acknowledge.ts';
import { ELIZA_DIR } from '../paths.ts';

/** Where the server listens. */
export const ELIZA_PORT = 3000;

/** One virtual CPU and 2 GB: half a gigabyte at the start, 4.5 MB more an agent (measured, ADR 44). */
export function makeElizaTask(
  scope: Construct,
  config: StageConfig,
  eliza: NonNullable<StageConfig['elizaos']>,
): TaskDefinition {
  const logGroup = new LogGroup(scope, 'Logs', {
    logGroupName: `/oratio/${config.prefix}-eliza`,
    retention: config.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const task = new FargateTaskDefinition(scope, 'Task', {
    family: `${config.prefix}-eliza`,
    cpu: 1024,
    memoryLimitMiB: 2048,
    runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
    // The database lives and dies with the task: what it holds can be made again.
    volumes: [{ name: 'data' }],
  });
  const server = task.addContainer('Server', {
    image: ContainerImage.fromAsset(ELIZA_DIR, { platform: Platform.LINUX_ARM64 }),
    portMappings: [{ containerPort: ELIZA_PORT }],
    stopTimeout: Duration.seconds(30),
    readonlyRootFilesystem: true,
    environment: {
      OPENAI_BASE_URL: eliza.modelBaseUrl,
      OPENAI_SMALL_MODEL: eliza.modelId,
      OPENAI_LARGE_MODEL: eliza.modelId,
      OPENAI_EMBEDDING_MODEL: eliza.embeddingModelId,
      SERVER_HOST: '0.0.0.0',
    },
    secrets: secretsOf(Secret.fromSecretNameV2(scope, 'Secret', eliza.secretName)),
    logging: LogDrivers.awsLogs({ streamPrefix: 'eliza', logGroup }),
  });
  server.addMountPoints({ sourceVolume: 'data', containerPath: '/data', readOnly: false });
  acknowledge(task, 'ECS2', 'The variables are names and addresses; secrets are read from Secrets Manager.');
  acknowledgeWildcards(
    task.obtainExecutionRole(),
    ['*'],
    'The token with which images are pulled has no resource to name.',
  );
  return task;
}

/** `{"authToken","secretSalt","modelApiKey"}`, given to the process by ECS: neither template nor console shows them. */
const secretsOf = (secret: ISecret) => ({
  ELIZA_SERVER_AUTH_TOKEN: TaskSecret.fromSecretsManager(secret, 'authToken'),
  SECRET_SALT: TaskSecret.fromSecretsManager(secret, 'secretSalt'),
  OPENAI_API_KEY: TaskSecret.fromSecretsManager(secret, 'modelApiKey'),
});

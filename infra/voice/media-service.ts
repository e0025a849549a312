import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import {
  Cluster,
  ContainerImage,
  ContainerInsights,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  type ICluster,
  LogDrivers,
  OperatingSystemFamily,
  type TaskDefinition,
} from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  SslPolicy,
  TargetGroupLoadBalancingAlgorithmType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { acknowledge, acknowledgeWildcards } from '../kernel/acknowledge.ts';
import { MEDIA_DIR } from '../paths.ts';
import type { MediaNetwork } from './media-network.ts';

/** Where the server listens. */
export const MEDIA_PORT = 8080;

/** The longest an idle socket is kept, seconds (ALB quotas, 2026-11); a call that says nothing at all pings. */
const IDLE_SECONDS = 4000;
/** ECS's longest between SIGTERM and SIGKILL on Fargate. */
const STOP_SECONDS = 120;

/** One virtual CPU and 2 GB: a single thread does the work, the memory holds its calls. */
export function makeMediaTask(scope: Construct, config: StageConfig): TaskDefinition {
  const logGroup = new LogGroup(scope, 'Logs', {
    logGroupName: `/oratio/${config.prefix}-media`,
    retention: config.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const task = new FargateTaskDefinition(scope, 'Task', {
    family: `${config.prefix}-media`,
    cpu: 1024,
    memoryLimitMiB: 2048,
    runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
  });
  task.addContainer('Server', {
    image: ContainerImage.fromAsset(MEDIA_DIR, { platform: Platform.LINUX_ARM64 }),
    portMappings: [{ containerPort: MEDIA_PORT }],
    stopTimeout: Duration.seconds(STOP_SECONDS),
    readonlyRootFilesystem: true,
    logging: LogDrivers.awsLogs({ streamPrefix: 'media', logGroup }),
  });
  acknowledge(task, 'ECS2', 'The variables are names and addresses; secrets are read from Secrets Manager.');
  acknowledgeWildcards(
    task.obtainExecutionRole(),
    ['*'],
    'The token with which images are pulled has no resource to name.',
  );
  return task;
}

export interface MediaServiceProps {
  readonly config: StageConfig;
  readonly container: NonNullable<StageConfig['mediaContainer']>;
  readonly task: TaskDefinition;
  readonly network: MediaNetwork;
  readonly certificate: ICertificate;
}

/** The service behind its load balancer: TLS only, sockets kept, the task with the fewest calls takes the next. */
export function makeMediaService(scope: Construct, props: MediaServiceProps): FargateService {
  const { config, container, task, network, certificate } = props;
  const cluster = new Cluster(scope, 'Cluster', {
    clusterName: `${config.prefix}-media`,
    vpc: network.vpc,
    containerInsightsV2: ContainerInsights.ENABLED,
  });
  const service = new FargateService(scope, 'Service', {
    cluster: cluster as ICluster,
    taskDefinition: task,
    desiredCount: container.minTasks,
    assignPublicIp: true,
    securityGroups: [network.tasks],
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { rollback: true },
  });
  const balancer = new ApplicationLoadBalancer(scope, 'Balancer', {
    vpc: network.vpc,
    internetFacing: true,
    securityGroup: network.balancer,
    idleTimeout: Duration.seconds(IDLE_SECONDS),
    dropInvalidHeaderFields: true,
    deletionProtection: config.retainData,
  });
  acknowledge(
    balancer,
    'ELB2',
    'The server logs each call by its ids; access logs would keep callers’ addresses in a bucket to guard.',
  );
  const listener = balancer.addListener('Tls', {
    port: 443,
    protocol: ApplicationProtocol.HTTPS,
    certificates: [certificate],
    sslPolicy: SslPolicy.RECOMMENDED_TLS,
    open: false,
  });
  listener.addTargets('Calls', {
    targets: [service],
    port: MEDIA_PORT,
    protocol: ApplicationProtocol.HTTP,
    loadBalancingAlgorithmType: TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
    healthCheck: { path: '/health', interval: Duration.seconds(10), healthyThresholdCount: 2 },
    // Calls under way end by themselves, or by the drain.
    deregistrationDelay: Duration.seconds(STOP_SECONDS),
  });
  network.join(MEDIA_PORT);
  return service;
}

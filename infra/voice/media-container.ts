import { Duration, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService, TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type * as z from 'zod';
import type { StageConfig } from '../config.ts';
import { MediaServerEnv } from '../environments.ts';
import { acknowledgeWildcards } from '../kernel/acknowledge.ts';
import type { AllowOptions, Grantee } from '../kernel/oratio-function.ts';
import { MediaNetwork } from './media-network.ts';
import { MEDIA_PORT, makeMediaService, makeMediaTask } from './media-service.ts';
import { grantOwning, TWILIO_API, type VoiceFunctionsProps } from './voice-functions.ts';

type ContainerConfig = NonNullable<StageConfig['mediaContainer']>;

/** Calls a task is scaled for; it holds more when they come faster than tasks start. */
const CALLS_PER_TASK = 50;

/**
 * A server that telephone calls reach directly: the owner's code in Fargate behind a load balancer. Not there unless
 * the stage asks for it (docs/adr/0033-media-container.md).
 */
export class MediaContainer extends Construct implements Grantee {
  readonly #task: TaskDefinition;
  readonly #environment = new Map<string, string>();
  readonly #config: ContainerConfig;

  /** Undefined for a stage without one. */
  static of(scope: Construct, props: VoiceFunctionsProps): MediaContainer | undefined {
    const { mediaContainer } = props.config;
    return mediaContainer && new MediaContainer(scope, 'Media', props, mediaContainer);
  }

  private constructor(scope: Construct, id: string, props: VoiceFunctionsProps, container: ContainerConfig) {
    super(scope, id);
    const { config } = props;
    this.#config = container;
    this.#task = makeMediaTask(this, config);
    grantOwning(this, props);
    this.#grantPhones(props);
    const literal = {
      STAGE: config.stage,
      PUBLIC_MEDIA_URL: `wss://${container.domainName}`,
      PORT: String(MEDIA_PORT),
      SPEECH_MODEL_ID: config.voiceModelId,
      AGENT_MODEL_ID: config.agentModelId,
      TWILIO_API_URL: TWILIO_API,
      VOICE_LINES: String(config.voiceLines),
      CONVERSATION_TTL_DAYS: String(config.conversationTtlDays),
    } satisfies Partial<z.input<typeof MediaServerEnv>>;
    for (const [name, value] of Object.entries(literal)) this.provide(name, value);
    const network = new MediaNetwork(this, 'Network', { config });
    const certificate = Certificate.fromCertificateArn(this, 'Certificate', container.certificateArn);
    const service = makeMediaService(this, { config, container, task: this.#task, network, certificate });
    this.#protect(service);
    this.#scale(service, config);
    this.node.addValidation({ validate: () => this.#environmentErrors() });
  }

  /** What TwiML names: the telephone provider signs this very address. */
  get streamUrl(): string {
    return `wss://${this.#config.domainName}/twilio`;
  }

  provide(name: string, value: string): void {
    this.#environment.set(name, value);
    this.#task.defaultContainer?.addEnvironment(name, value);
  }

  allow(
    actions: readonly string[],
    resources: readonly string[],
    { conditions, wildcardReason }: AllowOptions = {},
  ): void {
    const wild = resources.filter((resource) => resource.includes('*'));
    if (wild.length > 0) {
      if (!wildcardReason) throw new Error(`media: ${actions.join(', ')} on ${wild.join(', ')} needs a reason.`);
      acknowledgeWildcards(this.#task.taskRole, wild, wildcardReason);
    }
    const statement = { actions: [...actions], resources: [...resources], ...(conditions ? { conditions } : {}) };
    this.#task.addToTaskRolePolicy(new PolicyStatement(statement));
  }

  /** What the gateway does for a call over the relay: tokens are redeemed, the stream is bound to its call. */
  #grantPhones({ stores }: VoiceFunctionsProps): void {
    stores.voiceSessions.grant(this, 'GetItem', 'UpdateItem', 'DeleteItem');
    stores.calls.grant(this, 'GetItem', 'UpdateItem');
  }

  /** A task tells ECS itself that calls are on: it is then not scaled in and outlives a deployment. */
  #protect(service: FargateService): void {
    const arn = Stack.of(this).formatArn({
      service: 'ecs',
      resource: 'task',
      resourceName: `${service.cluster.clusterName}/*`,
    });
    this.allow(['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'], [arn], {
      wildcardReason: 'Tasks come and go; each protects itself, within its cluster.',
    });
  }

  #scale(service: FargateService, { stage }: StageConfig): void {
    const { minTasks, maxTasks } = this.#config;
    const scaling = service.autoScaleTaskCount({ minCapacity: minTasks, maxCapacity: maxTasks });
    const metric = new Metric({
      namespace: 'Oratio/Voice',
      metricName: 'MediaCalls',
      dimensionsMap: { Stage: stage },
      statistic: 'Average',
      period: Duration.minutes(1),
    });
    scaling.scaleToTrackCustomMetric('Calls', {
      metric,
      targetValue: CALLS_PER_TASK,
      scaleOutCooldown: Duration.seconds(30),
      scaleInCooldown: Duration.minutes(10),
    });
  }

  #environmentErrors(): string[] {
    const shape = MediaServerEnv.shape;
    const surplus = [...this.#environment.keys()].filter((name) => !(name in shape));
    const missing = Object.entries(shape)
      .filter(([name, field]) => !this.#environment.has(name) && !field.safeParse(undefined).success)
      .map(([name]) => name);
    return [
      ...surplus.map((name) => `media: ${name} is not in its schema`),
      ...missing.map((name) => `media: ${name} is missing`),
    ];
  }
}

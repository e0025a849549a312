import { Duration } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Cluster, ContainerInsights, FargateService, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer, ApplicationProtocol, SslPolicy } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ARecord, PrivateHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { acknowledge } from '../kernel/acknowledge.ts';
import type { OratioFunction } from '../kernel/oratio-function.ts';
import { ElizaNetwork } from './eliza-network.ts';
import { ELIZA_PORT, makeElizaTask } from './eliza-task.ts';

export interface ElizaServerProps {
  readonly config: StageConfig;
  readonly eliza: NonNullable<StageConfig['elizaos']>;
}

/**
 * The ElizaOS server of a stage: one task in private subnets behind an internal load balancer that our functions alone
 * can reach. Not there unless the stage asks for it (docs/adr/0044-elizaos-is-a-reply-engine.md).
 */
export class ElizaServer extends Construct {
  readonly #network: ElizaNetwork;

  constructor(scope: Construct, id: string, { config, eliza }: ElizaServerProps) {
    super(scope, id);
    this.#network = new ElizaNetwork(this, 'Network', { config });
    const balancer = this.#balancer(config);
    const listener = balancer.addListener('Tls', {
      port: 443,
      protocol: ApplicationProtocol.HTTPS,
      certificates: [Certificate.fromCertificateArn(this, 'Certificate', eliza.certificateArn)],
      sslPolicy: SslPolicy.RECOMMENDED_TLS,
      open: false,
    });
    listener.addTargets('Server', {
      targets: [this.#service(config, eliza)],
      port: ELIZA_PORT,
      protocol: ApplicationProtocol.HTTP,
      healthCheck: { path: '/healthz', interval: Duration.seconds(15), healthyThresholdCount: 2 },
      deregistrationDelay: Duration.seconds(30),
    });
    this.#network.join(ELIZA_PORT);
    // The certificate's name means the load balancer inside this network, and nothing outside of it.
    const zone = new PrivateHostedZone(this, 'Zone', { zoneName: eliza.domainName, vpc: this.#network.vpc });
    new ARecord(this, 'Name', { zone, target: RecordTarget.fromAlias(new LoadBalancerTarget(balancer)) });
  }

  /** Moves a function into the server's network. */
  admit(fn: OratioFunction): void {
    fn.enter(this.#network.subnets, this.#network.functions);
  }

  /** One task at any time: sessions are in its memory and the database on its disk, so that two would each know half. */
  #service(config: StageConfig, eliza: ElizaServerProps['eliza']): FargateService {
    const cluster = new Cluster(this, 'Cluster', {
      clusterName: `${config.prefix}-eliza`,
      vpc: this.#network.vpc,
      containerInsightsV2: ContainerInsights.ENABLED,
    });
    return new FargateService(this, 'Service', {
      cluster: cluster as ICluster,
      taskDefinition: makeElizaTask(this, config, eliza),
      desiredCount: 1,
      minHealthyPercent: 0,
      maxHealthyPercent: 100,
      assignPublicIp: false,
      vpcSubnets: { subnets: [...this.#network.subnets] },
      securityGroups: [this.#network.tasks],
      // Ten seconds to start, more where the database is new.
      healthCheckGracePeriod: Duration.seconds(90),
      circuitBreaker: { rollback: true },
    });
  }

  #balancer(config: StageConfig): ApplicationLoadBalancer {
    const balancer = new ApplicationLoadBalancer(this, 'Balancer', {
      vpc: this.#network.vpc,
      internetFacing: false,
      vpcSubnets: { subnets: [...this.#network.subnets] },
      securityGroup: this.#network.balancer,
      dropInvalidHeaderFields: true,
      deletionProtection: config.retainData,
    });
    acknowledge(balancer, 'ELB2', 'Our own functions are its only clients, and each of them logs what it asks.');
    return balancer;
  }
}

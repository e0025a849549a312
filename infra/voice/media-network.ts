import { RemovalPolicy } from 'aws-cdk-lib';
import { FlowLogDestination, type IVpc, Peer, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { acknowledge } from '../kernel/acknowledge.ts';

/**
 * Two zones with public subnets only: tasks reach AWS and the telephone provider without NAT gateways, which would cost
 * more than the tasks. Nothing but the load balancer may open a connection to them.
 */
export class MediaNetwork extends Construct {
  readonly vpc: IVpc;
  readonly balancer: SecurityGroup;
  readonly tasks: SecurityGroup;

  constructor(scope: Construct, id: string, { config }: { readonly config: StageConfig }) {
    super(scope, id);
    const vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [{ name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24 }],
    });
    const logGroup = new LogGroup(this, 'FlowLogs', {
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    vpc.addFlowLog('Flow', { destination: FlowLogDestination.toCloudWatchLogs(logGroup) });
    this.vpc = vpc as IVpc;
    this.balancer = new SecurityGroup(this, 'Balancer', {
      vpc: this.vpc,
      description: 'Callers and the telephone provider, from anywhere',
      allowAllOutbound: false,
    });
    this.balancer.addIngressRule(Peer.anyIpv4(), Port.tcp(443), 'TLS');
    acknowledge(
      this.balancer,
      'EC23',
      'Callers and the telephone provider come from addresses nobody can list; each shows a signature or a ticket.',
    );
    this.tasks = new SecurityGroup(this, 'Tasks', {
      vpc: this.vpc,
      description: 'Tasks of the media server, reached by the load balancer only',
    });
  }

  /** Lets the load balancer reach the tasks on this port. */
  join(port: number): void {
    this.tasks.addIngressRule(this.balancer, Port.tcp(port), 'From the load balancer');
    this.balancer.addEgressRule(this.tasks, Port.tcp(port), 'To the tasks');
  }
}

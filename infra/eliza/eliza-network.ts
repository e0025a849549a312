import { RemovalPolicy } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  type ISubnet,
  type IVpc,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';

/**
 * Two zones with private subnets: the server, and the functions that ask it. Nothing comes in from outside; out go the
 * calls to models and to AWS, through one NAT gateway.
 */
export class ElizaNetwork extends Construct {
  readonly vpc: IVpc;
  readonly subnets: readonly ISubnet[];
  readonly functions: SecurityGroup;
  readonly balancer: SecurityGroup;
  readonly tasks: SecurityGroup;

  constructor(scope: Construct, id: string, { config }: { readonly config: StageConfig }) {
    super(scope, id);
    const vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 1,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24 },
        { name: 'private', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 22 },
      ],
      // Rows do not pass the NAT gateway, which is paid by the gigabyte.
      gatewayEndpoints: { DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB } },
    });
    const logGroup = new LogGroup(this, 'FlowLogs', {
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    vpc.addFlowLog('Flow', { destination: FlowLogDestination.toCloudWatchLogs(logGroup) });
    this.vpc = vpc as IVpc;
    this.subnets = vpc.privateSubnets;
    this.functions = this.#group('Functions', 'Functions that ask the ElizaOS server', true);
    this.balancer = this.#group('Balancer', 'In front of the ElizaOS server, for those functions only', false);
    this.tasks = this.#group('Tasks', 'The ElizaOS server, reached by its load balancer only', true);
  }

  /** Functions reach the load balancer by TLS, it the server at this port; nobody else reaches either. */
  join(port: number): void {
    this.balancer.addIngressRule(this.functions, Port.tcp(443), 'TLS from our functions');
    this.balancer.addEgressRule(this.tasks, Port.tcp(port), 'To the server');
    this.tasks.addIngressRule(this.balancer, Port.tcp(port), 'From the load balancer');
  }

  #group(id: string, description: string, allowAllOutbound: boolean): SecurityGroup {
    return new SecurityGroup(this, id, { vpc: this.vpc, description, allowAllOutbound });
  }
}

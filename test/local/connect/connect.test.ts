import {
  AssociateLambdaFunctionCommand,
  AssociatePhoneNumberContactFlowCommand,
  ClaimPhoneNumberCommand,
  CreateInstanceCommand,
  DeleteContactFlowCommand,
  DeleteInstanceCommand,
  DescribeContactFlowCommand,
  DescribeHoursOfOperationCommand,
  DescribeInstanceCommand,
  DescribePhoneNumberCommand,
  DisassociateLambdaFunctionCommand,
  DisassociatePhoneNumberContactFlowCommand,
  ListInstancesCommand,
  ListLambdaFunctionsCommand,
  ListPhoneNumbersV2Command,
  ListQueuesCommand,
  ReleasePhoneNumberCommand,
  SearchAvailablePhoneNumbersCommand,
  TagResourceCommand,
} from '@aws-sdk/client-connect';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../support/ai-cloud.ts';
import { declare } from '../support/service-host.ts';
import { bye, type ConnectHost, FUNCTION, flowOf, hostConnect, publish } from './support.ts';

let host: ConnectHost;
beforeEach(async () => {
  host = await hostConnect();
});
afterEach(() => host.discard());

const create = (InstanceAlias: string, ClientToken?: string) =>
  host.connect.send(
    new CreateInstanceCommand({
      InstanceAlias,
      ClientToken,
      IdentityManagementType: 'CONNECT_MANAGED',
      InboundCallsEnabled: true,
      OutboundCallsEnabled: false,
    }),
  );

const statusOf = async (InstanceId: string | undefined) =>
  (await host.connect.send(new DescribeInstanceCommand({ InstanceId }))).Instance?.InstanceStatus;

describe('instances', () => {
  it('take their time, come with hours and a queue, and are two at most', async () => {
    const [first, again] = [await create('one', 'token'), await create('one', 'token')];
    const early = await statusOf(first.Id);
    await host.clock.advance(300);
    const active = await statusOf(first.Id);
    await create('two');
    const third = await failureOf(create('three'));
    const { QueueSummaryList = [] } = await host.connect.send(new ListQueuesCommand({ InstanceId: first.Id }));
    await host.connect.send(new DeleteInstanceCommand({ InstanceId: first.Id }));
    const { InstanceSummaryList = [] } = await host.connect.send(new ListInstancesCommand({}));
    expect({
      same: again.Arn,
      status: [early, active],
      third,
      queues: QueueSummaryList.map(({ Name }) => Name),
      left: InstanceSummaryList.map(({ InstanceAlias }) => InstanceAlias),
      gone: await failureOf(statusOf(first.Id)),
      taken: await failureOf(create('two')),
      long: await failureOf(create('x'.repeat(46))),
    }).toEqual({
      same: first.Arn,
      status: ['CREATION_IN_PROGRESS', 'ACTIVE'],
      third: { name: 'ServiceQuotaExceededException', status: 402 },
      queues: ['BasicQueue'],
      left: ['two'],
      gone: { name: 'ResourceNotFoundException', status: 404 },
      taken: { name: 'InvalidRequestException', status: 400 },
      long: { name: 'InvalidRequestException', status: 400 },
    });
  });

  it('know the functions that their flows may call', async () => {
    const { id: InstanceId } = await host.instance();
    const one = { InstanceId, FunctionArn: FUNCTION };
    await host.connect.send(new AssociateLambdaFunctionCommand(one));
    const twice = await failureOf(host.connect.send(new AssociateLambdaFunctionCommand(one)));
    const { LambdaFunctions } = await host.connect.send(new ListLambdaFunctionsCommand({ InstanceId }));
    await host.connect.send(new DisassociateLambdaFunctionCommand(one));
    const left = await host.connect.send(new ListLambdaFunctionsCommand({ InstanceId }));
    expect({ twice, LambdaFunctions, left: left.LambdaFunctions }).toEqual({
      twice: { name: 'ResourceConflictException', status: 409 },
      LambdaFunctions: [FUNCTION],
      left: [],
    });
  });
});

const search = async (TargetArn: string, PhoneNumberCountryCode: 'US' | 'GB' | 'IN', MaxResults = 2) => {
  const wanted = { TargetArn, PhoneNumberCountryCode, PhoneNumberType: 'DID' as const, MaxResults };
  const { AvailableNumbersList = [] } = await host.connect.send(new SearchAvailablePhoneNumbersCommand(wanted));
  return AvailableNumbersList.map(({ PhoneNumber }) => PhoneNumber ?? '');
};

const claim = (TargetArn: string, PhoneNumber: string, ClientToken?: string) =>
  host.connect.send(new ClaimPhoneNumberCommand({ TargetArn, PhoneNumber, ClientToken, Tags: { agent: 'a' } }));

const describeNumber = async (PhoneNumberId: string | undefined) =>
  (await host.connect.send(new DescribePhoneNumberCommand({ PhoneNumberId }))).ClaimedPhoneNumberSummary;

describe('telephone numbers', () => {
  it('are searched, claimed once by one token, tagged, and given back', async () => {
    const { arn } = await host.instance();
    const [number = '', second = ''] = await search(arn, 'US');
    const [first, again] = [await claim(arn, number, 't'), await claim(arn, number, 't')];
    const reused = await failureOf(claim(arn, second, 't'));
    const taken = await failureOf(claim(arn, number));
    const early = (await describeNumber(first.PhoneNumberId))?.PhoneNumberStatus;
    await host.clock.advance(100);
    await host.connect.send(new TagResourceCommand({ resourceArn: first.PhoneNumberArn, tags: { more: 'b' } }));
    const claimed = await describeNumber(first.PhoneNumberId);
    const [next] = await search(arn, 'US');
    await host.connect.send(new ReleasePhoneNumberCommand({ PhoneNumberId: first.PhoneNumberId }));
    const { ListPhoneNumbersSummaryList } = await host.connect.send(new ListPhoneNumbersV2Command({ TargetArn: arn }));
    const cooling = await search(arn, 'US');
    expect({
      same: again.PhoneNumberId,
      reused,
      taken,
      early,
      claimed,
      next,
      left: ListPhoneNumbersSummaryList,
      cooling: cooling.includes(number),
      nowhere: await search(arn, 'IN'),
    }).toEqual({
      same: first.PhoneNumberId,
      reused: { name: 'IdempotencyException', status: 409 },
      taken: { name: 'ResourceNotFoundException', status: 404 },
      early: { Status: 'IN_PROGRESS' },
      claimed: {
        PhoneNumberId: first.PhoneNumberId,
        PhoneNumberArn: first.PhoneNumberArn,
        PhoneNumber: number,
        PhoneNumberCountryCode: 'US',
        PhoneNumberType: 'DID',
        TargetArn: arn,
        InstanceId: arn.split('/').at(-1),
        Tags: { agent: 'a', more: 'b' },
        PhoneNumberStatus: { Status: 'CLAIMED' },
      },
      next: second,
      left: [],
      cooling: false,
      nowhere: [],
    });
  });

  it('beyond the quota fail, as their status says', async () => {
    const { arn } = await host.instance();
    host.people.limits.phoneNumbers = 1;
    const [first = '', second = ''] = await search(arn, 'GB');
    await claim(arn, first);
    const { PhoneNumberId } = await claim(arn, second);
    await host.clock.advance(100);
    expect((await describeNumber(PhoneNumberId))?.PhoneNumberStatus).toEqual({
      Status: 'FAILED',
      Message: expect.stringMatching(/quota/),
    });
  });

  it('keep the flow that answers them from being deleted', async () => {
    const { id: InstanceId, arn } = await host.instance();
    const ContactFlowId = await publish(host, InstanceId, flowOf(bye));
    const [number = ''] = await search(arn, 'US');
    const { PhoneNumberId } = await claim(arn, number);
    const pair = { PhoneNumberId, InstanceId, ContactFlowId };
    const early = await failureOf(host.connect.send(new AssociatePhoneNumberContactFlowCommand(pair)));
    await host.clock.advance(100);
    await host.connect.send(new AssociatePhoneNumberContactFlowCommand(pair));
    const kept = await failureOf(host.connect.send(new DeleteContactFlowCommand({ InstanceId, ContactFlowId })));
    await host.connect.send(new DisassociatePhoneNumberContactFlowCommand({ PhoneNumberId, InstanceId }));
    await host.connect.send(new DeleteContactFlowCommand({ InstanceId, ContactFlowId }));
    expect({ early, kept }).toEqual({
      early: { name: 'InvalidParameterException', status: 400 },
      kept: { name: 'InvalidRequestException', status: 400 },
    });
  });
});

describe('permissions', () => {
  const allow = (Action: string | string[], Resource: string) => ({ Effect: 'Allow', Action, Resource });
  const below = (path: string) => `arn:aws:connect:us-east-1:111122223333:${path}`;

  it('are those of the flow, the number, and of what Connect does for its caller', async () => {
    await host.discard();
    host = await hostConnect({
      policy: [
        allow('connect:DescribeContactFlow', below('instance/*/contact-flow/*')),
        allow('connect:SearchAvailablePhoneNumbers', below('phone-number/*')),
        allow('connect:ClaimPhoneNumber', below('phone-number/*')),
        allow('connect:AssociateLambdaFunction', below('instance/*')),
        allow('connect:CreateInstance', '*'),
      ],
    });
    const { id: InstanceId, arn } = await host.instance();
    const ContactFlowId = await publish(host, InstanceId, flowOf(bye));
    const { asRole } = host;
    const wanted = { TargetArn: arn, PhoneNumberCountryCode: 'US' as const, PhoneNumberType: 'DID' as const };
    const refusalOf = async (sent: Promise<unknown>) =>
      sent.then(
        () => 'allowed',
        (error: unknown) => /perform: (\S+) on resource: (\S+)/.exec(String(error))?.slice(1).join(' '),
      );
    expect({
      read: await refusalOf(asRole.send(new DescribeContactFlowCommand({ InstanceId, ContactFlowId }))),
      search: await refusalOf(asRole.send(new SearchAvailablePhoneNumbersCommand(wanted))),
      claim: await refusalOf(asRole.send(new ClaimPhoneNumberCommand({ TargetArn: arn, PhoneNumber: '+12065550100' }))),
      associate: await refusalOf(
        asRole.send(new AssociateLambdaFunctionCommand({ InstanceId, FunctionArn: FUNCTION })),
      ),
      create: await refusalOf(
        asRole.send(
          new CreateInstanceCommand({
            InstanceAlias: 'x',
            IdentityManagementType: 'CONNECT_MANAGED',
            InboundCallsEnabled: true,
            OutboundCallsEnabled: true,
          }),
        ),
      ),
    }).toEqual({
      read: 'allowed',
      search: 'allowed',
      claim: `connect:ClaimPhoneNumber ${arn}`,
      associate: `lambda:AddPermission ${FUNCTION}`,
      create: 'ds:AuthorizeApplication *',
    });
  });
});

describe('a template', () => {
  it('makes an instance with its hours, queue, flow, function and number, the same at every start', async () => {
    const { connect } = host.services;
    const make = async () => {
      const { arn } = await host.instance('stage');
      const Config = [{ Day: 'MONDAY', StartTime: { Hours: 9, Minutes: 0 }, EndTime: { Hours: 17, Minutes: 0 } }];
      const InstanceArn = arn;
      const hours = await declare(connect, 'AWS::Connect::HoursOfOperation', 'Hours', {
        InstanceArn,
        Name: 'office',
        TimeZone: 'Europe/Berlin',
        Config,
      });
      const people = { InstanceArn, Name: 'people', HoursOfOperationArn: hours.ref };
      const queue = await declare(connect, 'AWS::Connect::Queue', 'Queue', people);
      const Content = JSON.stringify(flowOf(bye));
      const inbound = { InstanceArn, Name: 'answer', Type: 'CONTACT_FLOW', Content };
      const flow = await declare(connect, 'AWS::Connect::ContactFlow', 'Flow', inbound);
      const association = { InstanceId: arn, IntegrationType: 'LAMBDA_FUNCTION', IntegrationArn: FUNCTION };
      const integration = await declare(connect, 'AWS::Connect::IntegrationAssociation', 'Fn', association);
      const wanted = { TargetArn: arn, CountryCode: 'US', Type: 'TOLL_FREE' };
      const number = await declare(connect, 'AWS::Connect::PhoneNumber', 'Number', wanted);
      return { arn, hours, queue, flow, integration, number };
    };
    const [first, again] = [await make(), await make()];
    const { HoursOfOperation } = await host.connect.send(
      new DescribeHoursOfOperationCommand({ InstanceId: first.arn, HoursOfOperationId: first.hours.ref }),
    );
    expect({ again, zone: HoursOfOperation?.TimeZone, kept: (await connect.inventory?.())?.length }).toEqual({
      again: first,
      zone: 'Europe/Berlin',
      // The instance, its flow, two queues and two sets of hours (its own among them), the function, the number.
      kept: 8,
    });
  });
});

/** Bringing up five channels against each of them alone, where what they ask outside takes a given time. */
import { paginateGetExecutionHistory, SFNClient } from '@aws-sdk/client-sfn';
import type { FaultRule } from '../../local/core/faults.ts';
import type { AgentBody } from '../../test/e2e/support/api.ts';
import { putChannels, socialChannel, type Tenant, type WantedChannel } from './tenant.ts';

export interface ProvisioningRow {
  readonly channels: string;
  readonly count: number;
  /** From the start of PlanChannels to the end of DeployChannels. */
  readonly seconds: number;
  /** Of the whole run, in the execution's history. */
  readonly transitions: number;
}

const SLOW_MS = 2_500;
const often = (rule: Omit<FaultRule, 'kind' | 'times' | 'delayMs'>): FaultRule => ({
  ...rule,
  kind: 'slow',
  times: 10_000,
  delayMs: SLOW_MS,
});
/** One call of each channel's deployment takes this long: the flow of Amazon Connect, a platform's keys. */
const SLOW: readonly FaultRule[] = [
  often({ service: 'connect', operation: 'CreateContactFlow' }),
  often({ service: 'secretsmanager', operation: 'GetSecretValue' }),
];

const CHANNELS: readonly WantedChannel[] = [
  { channelType: 'voice' },
  socialChannel('whatsapp'),
  socialChannel('facebook'),
  socialChannel('instagram'),
  socialChannel('twitter'),
];

/** Leaves the agent without channels. */
export async function measureProvisioning(tenant: Tenant): Promise<ProvisioningRow[]> {
  await putChannels(tenant, CHANNELS);
  await putChannels(tenant, []);
  const rows: ProvisioningRow[] = [];
  for (const channel of CHANNELS) rows.push(await measure(tenant, [channel]));
  rows.push(await measure(tenant, CHANNELS));
  return rows;
}

async function measure(tenant: Tenant, channels: readonly WantedChannel[]): Promise<ProvisioningRow> {
  const { cloud } = tenant.harness;
  cloud.faults.load(SLOW);
  const agent = await putChannels(tenant, channels).finally(() => cloud.faults.clear());
  const transitions = await transitionsOf(tenant, agent);
  await putChannels(tenant, []);
  const names = channels.map(({ channelType }) => channelType).join(', ');
  return { channels: names, count: channels.length, seconds: secondsOf(agent), transitions };
}

function secondsOf({ provisioning }: AgentBody): number {
  const steps = provisioning.steps as readonly { step: string; startedAtMs?: number; endedAtMs?: number }[];
  const startedAtMs = steps.find(({ step }) => step === 'PlanChannels')?.startedAtMs;
  const endedAtMs = steps.find(({ step }) => step === 'DeployChannels')?.endedAtMs;
  if (startedAtMs === undefined || endedAtMs === undefined) throw new Error('a step of the run says no time');
  return (endedAtMs - startedAtMs) / 1000;
}

async function transitionsOf({ harness }: Tenant, { agentId, version, provisioning }: AgentBody): Promise<number> {
  const client = new SFNClient(harness.aws);
  const machine = String(harness.cloud.outputs.StateMachineArn);
  const executionArn = `${machine.replace(':stateMachine:', ':execution:')}:${agentId}-v${version}-r${provisioning.run}`;
  let count = 0;
  for await (const { events = [] } of paginateGetExecutionHistory({ client }, { executionArn })) {
    count += events.filter(({ type = '' }) => type.endsWith('StateEntered')).length;
  }
  client.destroy();
  return count;
}

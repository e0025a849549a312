import * as z from 'zod';
import type { AgentStore } from '../agents/agent-store.ts';
import { asOf } from '../agents/settled.ts';
import type { ChannelStore } from '../channels/channel-store.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { problem, raise } from '../kernel/problems.ts';
import { provisioningView } from './onboarding-views.ts';
import { parseProvisioningId } from './provisioning-id.ts';

export const GetProvisioningEnv = z.object({ AGENTS_TABLE: text, CHANNELS_TABLE: text });

export interface GetProvisioningDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly channels: Pick<ChannelStore, 'list'>;
  readonly clock: Clock;
}

/** How far a provisioning is, channel by channel. Throws `provisioning-not-found`, for those of other tenants, too. */
export const getProvisioning =
  ({ agents, channels, clock }: GetProvisioningDeps) =>
  async ({ userId, params }: RequestOf<'getProvisioning'>): Promise<ApiAnswer> => {
    const id = params.provisioningId ?? '';
    const { agentId, run } = parseProvisioningId(id) ?? raise(notFound(id));
    const agent = (await agents.find({ userId, agentId })) ?? raise(notFound(id));
    if (run > agent.provisioning.run) throw notFound(id);
    return { status: 200, body: provisioningView(run, asOf(agent, clock.now()), await channels.list(agent)) };
  };

const notFound = (id: string) => problem('provisioning-not-found', `You have no provisioning with the id ${id}.`);

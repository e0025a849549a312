import { AgentId } from '../kernel/ids.ts';

/** One run of an agent, as whoever provisions it asks after it. */
export interface ProvisioningKey {
  readonly agentId: AgentId;
  /** From 1. */
  readonly run: number;
}

/** `prov_{agentId}_{run}` */
export const provisioningId = ({ agentId, run }: ProvisioningKey): string => `prov_${agentId}_${run}`;

/** Undefined for what is no such id. */
export const parseProvisioningId = (text: string): ProvisioningKey | undefined => {
  const [, id, run] = /^prov_([0-9a-fA-F-]{36})_([1-9]\d{0,8})$/.exec(text) ?? [];
  const agentId = AgentId.safeParse(id?.toLowerCase());
  return agentId.success ? { agentId: agentId.data, run: Number(run) } : undefined;
};

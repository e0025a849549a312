import type { Agent } from '../agents/agent.ts';
import { PROVISIONING_STEPS } from '../provisioning/provisioning.ts';
import type { OperatorMessage } from './operator-messages.ts';

/** What operators are told of an agent. Pure. */
export const agentMessage = (agent: Agent): Extract<OperatorMessage, { type: 'agent' }> => {
  const { agentId, agentName, status, revision, version, activeVersion = null, statusReason = null } = agent;
  const { run, status: runStatus, steps } = agent.provisioning;
  const lines = PROVISIONING_STEPS.flatMap((name) => {
    const { busyUntilMs: _busyUntilMs, ...line } = steps[name] ?? {};
    return 'step' in line ? [line] : [];
  });
  return {
    type: 'agent',
    agentId,
    agentName,
    status,
    revision,
    version,
    activeVersion,
    statusReason,
    provisioning: { run, status: runStatus, steps: lines },
  };
};

import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { AgentStatus } from './agent-types.ts';
import { STATUS_WORDS } from './words.ts';

const KINDS: Readonly<Record<AgentStatus, StatusIndicatorProps.Type>> = {
  creating: 'in-progress',
  active: 'success',
  paused: 'warning',
  stopped: 'stopped',
  updating: 'in-progress',
  failed: 'error',
  deleting: 'pending',
};

/** The status of an agent by sign, colour and word. */
export function AgentStatusIndicator({ status }: { readonly status: AgentStatus }) {
  return <StatusIndicator type={KINDS[status]}>{STATUS_WORDS[status]}</StatusIndicator>;
}

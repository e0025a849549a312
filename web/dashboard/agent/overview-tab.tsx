import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { AgentStatusIndicator } from '../agents/agent-status.tsx';
import type { AgentDetail } from '../agents/agent-types.ts';
import { ChannelBadges } from '../agents/channel-badges.tsx';
import { asDay, asDuration, asStep, STATUS_WORDS, TYPE_WORDS } from '../agents/words.ts';
import { countOf, NOTHING } from '../calls/words.ts';
import { AppLink } from '../shell/app-link.tsx';
import { useClient } from '../shell/use-client.ts';
import { BasicsForm } from './basics-form.tsx';
import { MachineGraph } from './machine-graph.tsx';
import { MissingFiles, missedIn } from './missing-files.tsx';
import type { TabProps } from './tabs.ts';
import { useChange } from './use-change.ts';

/** What went wrong with the newest run, and what to do about it. */
function RunAlert({ agent }: { readonly agent: AgentDetail }) {
  const client = useClient();
  const retry = useChange({
    agentId: agent.agentId,
    change: async () => client.call('retryAgent', { path: { agentId: agent.agentId } }),
    done: 'Provisioning goes on',
  });
  const { statusReason, provisioning, activeVersion, version } = agent;
  if (provisioning.status !== 'failed') return null;
  const step = provisioning.steps.find(({ status }) => status === 'failed');
  const at = statusReason?.step ?? step?.step;
  return (
    <Alert
      type="error"
      header={at === undefined ? 'Provisioning failed' : `Provisioning failed at “${asStep(at)}”`}
      action={
        missedIn(agent).length === 0 && (
          <Button loading={retry.isPending} onClick={() => retry.mutate(undefined)}>
            Retry
          </Button>
        )
      }
    >
      {statusReason?.message ?? step?.detail ?? 'The reason is not known.'}{' '}
      {activeVersion !== null && `Version ${activeVersion} goes on answering; version ${version} is not in force.`}
    </Alert>
  );
}

function Facts({ agent }: { readonly agent: AgentDetail }) {
  const { restsIn, knowledgeBase, apiEndpoint, provisioning } = agent;
  const { startedAtMs, endedAtMs } = provisioning;
  return (
    <SpaceBetween size="l">
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Status', value: <AgentStatusIndicator status={agent.status} /> },
          ...(restsIn === null ? [] : [{ label: 'After the update', value: STATUS_WORDS[restsIn] }]),
          { label: 'Kind', value: TYPE_WORDS[agent.agentType] },
          {
            label: 'Version that answers',
            value: agent.activeVersion === null ? 'None yet' : `${agent.activeVersion} of ${agent.version}`,
          },
          { label: 'Channels', value: <ChannelBadges channels={agent.channels} /> },
          { label: 'Files', value: countOf(knowledgeBase.files.length, 'file') },
          { label: 'Created', value: asDay(agent.createdAt) },
          { label: 'Changed', value: asDay(agent.updatedAt) },
          {
            label: 'Newest run took',
            value: startedAtMs !== null && endedAtMs !== null ? asDuration(endedAtMs - startedAtMs) : NOTHING,
          },
          {
            label: 'Providers',
            value: <AppLink href={`/providers?agentId=${agent.agentId}`}>Speech and models</AppLink>,
          },
        ]}
      />
      <KeyValuePairs
        columns={2}
        items={[
          { label: 'Agent id', value: <Copy text={agent.agentId} what="the id" /> },
          { label: 'Address for messages', value: <Copy text={apiEndpoint} what="the address" /> },
        ]}
      />
    </SpaceBetween>
  );
}

export const Copy = ({ text, what }: { readonly text: string; readonly what: string }) => (
  <CopyToClipboard
    variant="inline"
    textToCopy={text}
    copyButtonAriaLabel={`Copy ${what}`}
    copySuccessText="Copied"
    copyErrorText="The browser did not let us copy"
  />
);

/** Where it stands, how it came about, what it is. */
export function OverviewTab({ read }: TabProps) {
  const { agent } = read;
  const { provisioning } = agent;
  return (
    <SpaceBetween size="l">
      <RunAlert agent={agent} />
      <MissingFiles agent={agent} />
      <Container header={<Header variant="h2">Overview</Header>}>
        <Facts agent={agent} />
      </Container>
      <Container
        header={
          <Header
            variant="h2"
            description={`Run ${provisioning.run}, version ${provisioning.version}`}
            actions={<RunStatus status={provisioning.status} />}
          >
            Provisioning
          </Header>
        }
      >
        <MachineGraph provisioning={provisioning} channels={agent.channels} />
      </Container>
      <BasicsForm read={read} />
    </SpaceBetween>
  );
}

const RUN = {
  'awaiting-uploads': { type: 'pending', text: 'Waits for files' },
  running: { type: 'in-progress', text: 'Under way' },
  succeeded: { type: 'success', text: 'Done' },
  failed: { type: 'error', text: 'Failed' },
} as const;

const RunStatus = ({ status }: { readonly status: AgentDetail['provisioning']['status'] }) => (
  <StatusIndicator type={RUN[status].type}>{RUN[status].text}</StatusIndicator>
);

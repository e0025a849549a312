import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { OratioProblem } from '../../../client/index.ts';
import type { AgentDetail, Channel } from '../agents/agent-types.ts';
import { CHANNEL_WORDS } from '../agents/words.ts';
import { NOTHING } from '../calls/words.ts';
import { type ChannelDraft, channelFaults, draftOf, toWanted } from '../create/channel-draft.ts';
import { ChannelsForm } from '../create/channel-form.tsx';
import { channelFaultsIn } from '../create/steps.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import { Confirm } from './confirm.tsx';
import type { TabProps } from './tabs.ts';
import { TransferForm } from './transfer-form.tsx';
import { useChange } from './use-change.ts';

const KINDS: Readonly<Record<Channel['status'], StatusIndicatorProps.Type>> = {
  active: 'success',
  provisioning: 'in-progress',
  failed: 'error',
  retiring: 'pending',
};

const WORDS: Readonly<Record<Channel['status'], string>> = {
  active: 'Active',
  provisioning: 'Being set up',
  failed: 'Failed',
  retiring: 'Being taken away',
};

/** Where customers reach it: how each channel stands, and which it is to have. */
export function ChannelsTab({ read: { agent } }: TabProps) {
  return (
    <SpaceBetween size="l">
      <Standing agent={agent} />
      <Wanted key={agent.channels.map(({ channelType }) => channelType).join()} agent={agent} />
      {agent.agentType !== 'text' && <TransferForm agentId={agent.agentId} />}
    </SpaceBetween>
  );
}

interface AgentProps {
  readonly agent: AgentDetail;
}

function Standing({ agent }: AgentProps) {
  const client = useClient();
  const retry = useChange({
    agentId: agent.agentId,
    change: async (channelType: string) =>
      client.call('retryChannel', { path: { agentId: agent.agentId, channelType } }),
    done: 'The channel is being set up again',
  });
  return (
    <Table
      header={<Header variant="h2">Channels</Header>}
      items={agent.channels}
      trackBy="channelType"
      wrapLines
      ariaLabels={{ tableLabel: 'Channels' }}
      empty={<Box color="text-body-secondary">Reached by the API and the browser only.</Box>}
      columnDefinitions={[
        {
          id: 'type',
          header: 'Channel',
          isRowHeader: true,
          minWidth: 130,
          cell: ({ channelType }) => CHANNEL_WORDS[channelType],
        },
        { id: 'status', header: 'Status', minWidth: 220, cell: (channel) => <ChannelStatus channel={channel} /> },
        {
          id: 'reached',
          header: 'Reached at',
          minWidth: 140,
          cell: ({ phoneNumber, accountId }) => phoneNumber ?? accountId ?? NOTHING,
        },
        {
          id: 'webhook',
          header: 'Webhook',
          minWidth: 140,
          cell: ({ webhookUrl }) => (webhookUrl === null ? NOTHING : <code>{webhookUrl}</code>),
        },
        {
          id: 'retry',
          header: 'Retry',
          minWidth: 90,
          cell: ({ channelType, status }) =>
            status === 'failed' ? (
              <Button
                ariaLabel={`Retry ${CHANNEL_WORDS[channelType]}`}
                loading={retry.isPending && retry.variables === channelType}
                onClick={() => retry.mutate(channelType)}
              >
                Retry
              </Button>
            ) : (
              NOTHING
            ),
        },
      ]}
    />
  );
}

function ChannelStatus({ channel: { status, statusReason, detail } }: { readonly channel: Channel }) {
  return (
    <>
      <StatusIndicator type={KINDS[status]}>{WORDS[status]}</StatusIndicator>
      {statusReason !== null && <Box>{statusReason.message}</Box>}
      {statusReason === null && detail !== null && <Box color="text-body-secondary">{detail}</Box>}
    </>
  );
}

function Wanted({ agent }: AgentProps) {
  const client = useClient();
  const present = agent.channels.filter(({ status }) => status !== 'retiring');
  const [drafts, setDrafts] = useState<readonly ChannelDraft[]>(() => present.map(draftOf));
  const [isAsking, setAsking] = useState(false);
  const kept = Object.fromEntries(present.map(({ channelType, settings }) => [channelType, settings]));
  const save = useChange({
    agentId: agent.agentId,
    isShownInForm: true,
    change: async () =>
      client.call('putChannels', { path: { agentId: agent.agentId }, body: { channels: toWanted(drafts, kept) } }),
    done: 'The channels are being changed',
  });
  const types = drafts.map(({ channelType }) => channelType);
  const own = Object.fromEntries(drafts.map((draft) => [draft.channelType, channelFaults(draft)]));
  const refusedAt = save.error instanceof OratioProblem ? save.error.errors : [];
  const refused = channelFaultsIn(Object.fromEntries(refusedAt.map((one) => [one.pointer, one.message])), types);
  const isFaulty = Object.values(own).some((faults) => Object.keys(faults).length > 0);
  const gone = present.filter(({ channelType }) => !types.includes(channelType));
  return (
    <SpaceBetween size="m">
      <Header
        variant="h2"
        description="Code and knowledge stay as they are; each channel comes up or fails for itself."
        actions={
          <Button
            variant="primary"
            disabled={isFaulty}
            loading={save.isPending}
            onClick={() => (gone.length > 0 ? setAsking(true) : save.mutate(undefined))}
          >
            Save channels
          </Button>
        }
      >
        Change channels
      </Header>
      {save.error && Object.keys(refused).length === 0 && <ProblemAlert error={save.error} />}
      <ChannelsForm channels={drafts} onChange={setDrafts} faults={{ ...refused, ...own }} />
      {isAsking && (
        <Confirm
          title={`Remove ${gone.map(({ channelType }) => CHANNEL_WORDS[channelType]).join(', ')}?`}
          action="Remove"
          onAnswer={(yes) => {
            setAsking(false);
            if (yes) save.mutate(undefined);
          }}
        >
          What it has outside is given back, its number for good.
        </Confirm>
      )}
    </SpaceBetween>
  );
}

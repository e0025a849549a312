import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import type { AgentDetail } from '../agents/agent-types.ts';
import { asBytes } from '../agents/words.ts';
import { countOf } from '../calls/words.ts';
import { useClient } from '../shell/use-client.ts';
import { Confirm } from './confirm.tsx';
import type { TabProps } from './tabs.ts';
import { useChange } from './use-change.ts';

type KnowledgeFile = AgentDetail['knowledgeBase']['files'][number];

const KINDS: Readonly<Record<KnowledgeFile['status'], StatusIndicatorProps.Type>> = {
  'awaiting-upload': 'pending',
  stored: 'pending',
  ingesting: 'in-progress',
  ingested: 'success',
  failed: 'error',
};

const WORDS: Readonly<Record<KnowledgeFile['status'], string>> = {
  'awaiting-upload': 'Not uploaded yet',
  stored: 'Stored',
  ingesting: 'Being read',
  ingested: 'Can be found',
  failed: 'Could not be read',
};

/** Files with the state of each; chosen ones can be removed. */
export function FilesTable({ read: { agent, etag } }: TabProps) {
  const client = useClient();
  const [chosen, setChosen] = useState<readonly KnowledgeFile[]>([]);
  const [isAsking, setAsking] = useState(false);
  const remove = useChange({
    agentId: agent.agentId,
    change: async (removeFiles: string[]) =>
      client.call('updateAgent', {
        path: { agentId: agent.agentId },
        ...(etag === undefined ? {} : { ifMatch: etag }),
        body: { removeFiles },
      }),
    done: 'A version without them is being built',
    onDone: () => setChosen([]),
  });
  const { files } = agent.knowledgeBase;
  return (
    <>
      <Table
        header={
          <Header
            variant="h2"
            counter={`(${files.length})`}
            actions={
              <Button disabled={chosen.length === 0} loading={remove.isPending} onClick={() => setAsking(true)}>
                Remove
              </Button>
            }
          >
            Files
          </Header>
        }
        items={files}
        trackBy="path"
        selectionType="multi"
        selectedItems={[...chosen]}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
        wrapLines
        ariaLabels={{
          tableLabel: 'Files',
          allItemsSelectionLabel: () => 'All files',
          itemSelectionLabel: (_, { path }) => path,
          selectionGroupLabel: 'Choose files',
        }}
        empty={<Box color="text-body-secondary">This agent has no files; it answers from its SOP alone.</Box>}
        columnDefinitions={[
          { id: 'path', header: 'File', isRowHeader: true, minWidth: 160, cell: ({ path }) => path },
          {
            id: 'status',
            header: 'Ingestion',
            minWidth: 170,
            cell: ({ status, statusReason }) => (
              <>
                <StatusIndicator type={KINDS[status]}>{WORDS[status]}</StatusIndicator>
                {statusReason !== undefined && <Box variant="small">{statusReason}</Box>}
              </>
            ),
          },
          { id: 'description', header: 'Description', minWidth: 200, cell: ({ description }) => description },
          { id: 'size', header: 'Size', minWidth: 100, cell: ({ sizeBytes }) => asBytes(sizeBytes) },
        ]}
      />
      {isAsking && (
        <Confirm
          title={`Remove ${countOf(chosen.length, 'file')}?`}
          action="Remove"
          onAnswer={(yes) => {
            setAsking(false);
            if (yes) remove.mutate(chosen.map(({ path }) => path));
          }}
        >
          A new version without them is built; the one before answers until then.
        </Confirm>
      )}
    </>
  );
}

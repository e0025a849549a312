import '../create/create.css';
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState } from 'react';
import { bytesOf, MAX_SOP_BYTES } from '../create/draft.ts';
import { SopEditor } from '../create/sop-editor.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import { ChangedMeanwhile } from './changed-meanwhile.tsx';
import type { TabProps } from './tabs.ts';
import { faultAt, isElsewhere, useChange } from './use-change.ts';
import { useDraft } from './use-draft.ts';
import { type AgentVersion, useShownVersion, useVersion } from './use-version.ts';

type Clause = AgentVersion['clauses'][number];
type Place = Clause['places'][number];

const COLOURS = { prompt: 'blue', tool: 'green', test: 'grey' } as const;

/** The SOP, and where each of its clauses went. */
export function SopTab({ read }: TabProps) {
  return (
    <SpaceBetween size="l">
      <SopForm read={read} />
      <Clauses read={read} />
    </SpaceBetween>
  );
}

function SopForm({ read: { agent, etag } }: TabProps) {
  const client = useClient();
  const form = useDraft(agent.sop);
  const sop = form.draft;
  const save = useChange({
    agentId: agent.agentId,
    change: async () =>
      client.call('updateAgent', {
        path: { agentId: agent.agentId },
        ...(etag === undefined ? {} : { ifMatch: etag }),
        body: { sop },
      }),
    done: 'A new version is being built; the one before answers until then',
    isShownInForm: true,
  });
  const tooLong = bytesOf(sop) > MAX_SOP_BYTES ? 'The SOP is too long.' : undefined;
  const fault = sop.trim() === '' ? 'The SOP is empty.' : (tooLong ?? faultAt(save.error, '/sop'));
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Saving it builds a new version."
          actions={
            <SpaceBetween size="xs" direction="horizontal">
              <Button disabled={!form.isWritten} onClick={() => form.goOn('theirs')}>
                Discard
              </Button>
              <Button
                variant="primary"
                loading={save.isPending}
                disabled={!form.isWritten || form.isOutdated || sop.trim() === '' || tooLong !== undefined}
                onClick={() => save.mutate(undefined)}
              >
                Save and build
              </Button>
            </SpaceBetween>
          }
        >
          SOP
        </Header>
      }
    >
      <SpaceBetween size="m">
        {isElsewhere(save.error, ['/sop']) && <ProblemAlert error={save.error} />}
        <ChangedMeanwhile {...form} />
        <SopEditor sop={sop} onChange={form.write} fault={fault} />
      </SpaceBetween>
    </Container>
  );
}

const matches = ({ id, text, heading, places }: Clause, words: string): boolean =>
  [id, text, heading ?? '', ...places.map(({ name }) => name)].some((one) => one.toLowerCase().includes(words));

function Clauses({ read: { agent } }: TabProps) {
  const version = useShownVersion(agent);
  const { data, error, isPending, refetch } = useVersion(agent, version);
  const [filter, setFilter] = useState('');
  if (error) return <ProblemAlert error={error} retry={() => void refetch()} />;
  const clauses = (data?.clauses ?? []).filter((clause) => matches(clause, filter.trim().toLowerCase()));
  return (
    <Table
      header={
        <Header variant="h2" counter={data ? `(${data.clauses.length})` : ''} description={`Version ${version}`}>
          Where each clause went
        </Header>
      }
      filter={
        <TextFilter
          filteringText={filter}
          filteringPlaceholder="Find clauses"
          filteringAriaLabel="Find clauses"
          countText={`${clauses.length} clauses`}
          onChange={({ detail }) => setFilter(detail.filteringText)}
        />
      }
      loading={isPending}
      loadingText="Reading the version"
      items={clauses}
      trackBy="id"
      wrapLines
      ariaLabels={{ tableLabel: 'Where each clause went' }}
      empty={
        <Box color="text-body-secondary">{filter === '' ? 'The AgentCreator is at work.' : 'No clause matches.'}</Box>
      }
      columnDefinitions={[
        { id: 'id', header: 'Clause', isRowHeader: true, width: 90, cell: ({ id }) => id },
        {
          id: 'text',
          header: 'The SOP says',
          minWidth: 220,
          cell: ({ heading, text }) => (
            <>
              {heading !== null && (
                <Box variant="small" color="text-body-secondary" display="block">
                  {heading}
                </Box>
              )}
              {text}
            </>
          ),
        },
        { id: 'places', header: 'It became', minWidth: 260, cell: ({ places }) => <Places places={places} /> },
      ]}
    />
  );
}

function Places({ places }: { readonly places: readonly Place[] }) {
  if (places.length === 0) return <Box color="text-status-warning">Nothing was drawn from it</Box>;
  return (
    <ul className="oratio-places">
      {places.map(({ kind, name, text }) => (
        <li key={`${kind} ${name} ${text}`}>
          <Badge color={COLOURS[kind]}>{kind}</Badge> <b>{name}</b>: {text}
        </li>
      ))}
    </ul>
  );
}

import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { BodyOf } from '../../../client/index.ts';
import { asMoment } from '../calls/words.ts';
import { PageLoading } from '../shell/pages.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import { ChangedMeanwhile } from './changed-meanwhile.tsx';
import {
  asJson,
  bodyOf,
  type ContextDraft,
  draftOf,
  type Fact,
  factFaults,
  type LiveContext,
  readJson,
  sizeFault,
} from './context-draft.ts';
import type { TabProps } from './tabs.ts';
import { faultAt, isElsewhere, useChange } from './use-change.ts';
import { useDraft } from './use-draft.ts';

/** What the agent is told for now, also in calls that go on. */
export function ContextTab({ read: { agent } }: TabProps) {
  const client = useClient();
  const { agentId } = agent;
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['agent', agentId, 'context'],
    queryFn: async ({ signal }) => {
      const answer = await client.call('getAgentContext', { path: { agentId }, signal });
      return { context: answer.data, etag: answer.etag };
    },
  });
  if (error) return <ProblemAlert error={error} retry={() => void refetch()} />;
  if (isPending) return <PageLoading what="Reading the context" />;
  return <ContextForm agentId={agentId} context={data.context} etag={data.etag} />;
}

interface ContextFormProps {
  readonly agentId: string;
  readonly context: LiveContext;
  readonly etag: string | undefined;
}

const POINTERS = ['/data', '/notes', '/specialInstructions'];

function ContextForm({ agentId, context, etag }: ContextFormProps) {
  const client = useClient();
  const form = useDraft(draftOf(context));
  const { draft } = form;
  const [jsonFault, setJsonFault] = useState<string>();
  const save = useChange({
    agentId,
    isShownInForm: true,
    done: 'In force: for questions at once, in calls within one turn',
    change: async () =>
      client.call('putAgentContext', {
        path: { agentId },
        ...(etag === undefined ? {} : { ifMatch: etag }),
        body: bodyOf(draft) as BodyOf<'putAgentContext'>,
      }),
  });
  const change = (part: Partial<ContextDraft>): void => form.write({ ...draft, ...part });
  const isFaulty = jsonFault !== undefined || factFaults(draft.facts).some(Boolean) || sizeFault(draft) !== undefined;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Facts and words that hold now; no new version is built for them."
          actions={
            <Button
              variant="primary"
              disabled={isFaulty || form.isOutdated}
              loading={save.isPending}
              onClick={() => save.mutate(undefined)}
            >
              Save context
            </Button>
          }
        >
          Context
        </Header>
      }
      footer={
        <Box color="text-body-secondary">
          {context.updatedAtMs === null
            ? 'Nothing was put here yet.'
            : `Edit ${context.version}, ${asMoment(context.updatedAtMs)}`}
        </Box>
      }
    >
      <SpaceBetween size="l">
        <ChangedMeanwhile {...form} />
        {isElsewhere(save.error, POINTERS) && <ProblemAlert error={save.error} />}
        <Facts
          key={JSON.stringify(form.began.facts)}
          facts={draft.facts}
          fault={jsonFault ?? sizeFault(draft) ?? faultAt(save.error, '/data')}
          onChange={(facts) => change({ facts })}
          onJsonFault={setJsonFault}
        />
        <FormField
          label="Notes"
          description="What happens today; the agent may tell customers."
          errorText={faultAt(save.error, '/notes')}
          stretch
        >
          <Textarea value={draft.notes} rows={3} onChange={({ detail }) => change({ notes: detail.value })} />
        </FormField>
        <FormField
          label="Special instructions"
          description="How it is to behave for now."
          errorText={faultAt(save.error, '/specialInstructions')}
          stretch
        >
          <Textarea
            value={draft.specialInstructions}
            rows={3}
            onChange={({ detail }) => change({ specialInstructions: detail.value })}
          />
        </FormField>
      </SpaceBetween>
    </Container>
  );
}

interface FactsProps {
  readonly facts: readonly Fact[];
  readonly fault: string | undefined;
  readonly onChange: (facts: readonly Fact[]) => void;
  readonly onJsonFault: (fault: string | undefined) => void;
}

function Facts({ facts, fault, onChange, onJsonFault }: FactsProps) {
  const [json, setJson] = useState<string>();
  return (
    <SpaceBetween size="s">
      <SegmentedControl
        label="How facts are edited"
        selectedId={json === undefined ? 'form' : 'json'}
        options={[
          { id: 'form', text: 'Form' },
          { id: 'json', text: 'JSON' },
        ]}
        onChange={({ detail }) => {
          onJsonFault(undefined);
          setJson(detail.selectedId === 'json' ? asJson(facts) : undefined);
        }}
      />
      {json === undefined ? (
        <FactRows facts={facts} onChange={onChange} />
      ) : (
        <FormField label="Facts as JSON" errorText={fault} stretch>
          <Textarea
            value={json}
            rows={12}
            spellcheck={false}
            onChange={({ detail }) => {
              setJson(detail.value);
              const read = readJson(detail.value);
              if (typeof read === 'string') onJsonFault(read);
              else {
                onJsonFault(undefined);
                onChange(read);
              }
            }}
          />
        </FormField>
      )}
      {json === undefined && fault !== undefined && <Box color="text-status-error">{fault}</Box>}
    </SpaceBetween>
  );
}

function FactRows({ facts, onChange }: Pick<FactsProps, 'facts' | 'onChange'>) {
  const faults = factFaults(facts);
  const set = (index: number, part: Partial<Fact>): void =>
    onChange(facts.map((fact, at) => (at === index ? { ...fact, ...part } : fact)));
  return (
    <AttributeEditor<Fact>
      items={[...facts]}
      addButtonText="Add a fact"
      removeButtonText="Remove"
      removeButtonAriaLabel={({ name }) => `Remove ${name}`}
      empty="No facts."
      onAddButtonClick={() => onChange([...facts, { name: '', value: '' }])}
      onRemoveButtonClick={({ detail }) => onChange(facts.filter((_, index) => index !== detail.itemIndex))}
      definition={[
        {
          label: 'Name',
          control: ({ name }, index) => (
            <Input
              value={name}
              placeholder="delivery_delay"
              ariaLabel={`Name of fact ${index + 1}`}
              onChange={({ detail }) => set(index, { name: detail.value })}
            />
          ),
          errorText: (_, index) => faults[index],
        },
        {
          label: 'Value',
          control: ({ value }, index) => (
            <Input
              value={value}
              placeholder="two days"
              ariaLabel={`Value of fact ${index + 1}`}
              onChange={({ detail }) => set(index, { value: detail.value })}
            />
          ),
        },
      ]}
    />
  );
}

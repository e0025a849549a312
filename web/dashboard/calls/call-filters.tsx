import DatePicker from '@cloudscape-design/components/date-picker';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Grid from '@cloudscape-design/components/grid';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useEffect, useState } from 'react';
import { CALL_STATUSES, type CallFilters, CHANNELS, DIRECTIONS, isSearchable } from './filters.ts';
import type { AgentNames } from './use-agents.ts';
import { useNarrow } from './use-narrow.ts';
import { asSentence } from './words.ts';

type Change = (changes: Partial<Record<keyof CallFilters, string | undefined>>) => void;

interface Props {
  readonly filters: CallFilters;
  readonly agents: AgentNames;
  readonly change: Change;
}

const QUARTER = { colspan: { default: 12, xxs: 6, s: 3 } } as const;
const THIRD = { colspan: { default: 12, xxs: 6, s: 4 } } as const;

/** What the list of calls is narrowed to. */
export function CallFilterBar({ filters, agents, change }: Props) {
  const narrow = useNarrow();
  const words = <WordsField words={filters.words ?? ''} change={change} />;
  if (!narrow) return <Fields filters={filters} agents={agents} change={change} words={words} />;
  const { words: _, ...others } = filters;
  const count = Object.values(others).filter((value) => value !== undefined).length;
  return (
    <SpaceBetween size="xs">
      {words}
      <ExpandableSection headerText={count === 0 ? 'Filters' : `Filters (${count} set)`} defaultExpanded={count > 0}>
        <Fields filters={filters} agents={agents} change={change} />
      </ExpandableSection>
    </SpaceBetween>
  );
}

function Fields({ filters, agents, change, words }: Props & { readonly words?: ReactNode }) {
  const agentOptions = agents.agents.map(({ agentId, name }) => ({ value: agentId, label: name }));
  return (
    <Grid gridDefinition={[...(words === undefined ? [] : [THIRD]), THIRD, THIRD, QUARTER, QUARTER, QUARTER, QUARTER]}>
      {words}
      <Choice
        label="Agent"
        all="All agents"
        value={filters.agentId}
        options={agentOptions}
        choose={(agentId) => change({ agentId })}
      />
      <Choice
        label="Status"
        all="Any status"
        value={filters.status}
        options={CALL_STATUSES.map(asOption)}
        choose={(status) => change({ status })}
      />
      <Choice
        label="Channel"
        all="Any channel"
        value={filters.channel}
        options={CHANNELS.map(asOption)}
        choose={(channel) => change({ channel })}
      />
      <Choice
        label="Direction"
        all="Both directions"
        value={filters.direction}
        options={DIRECTIONS.map(asOption)}
        choose={(direction) => change({ direction })}
      />
      <Day label="From" value={filters.from} choose={(from) => change({ from })} />
      <Day label="To" value={filters.to} choose={(to) => change({ to })} />
    </Grid>
  );
}

const asOption = (value: string) => ({ value, label: asSentence(value) });

/** Waits until nobody types any more: each change of the address reads pages anew. */
const TYPING_MS = 300;

function WordsField({ words, change }: { readonly words: string; readonly change: Change }) {
  const [text, setText] = useState(words);
  useEffect(() => setText(words), [words]);
  useEffect(() => {
    if (text === words) return undefined;
    const timer = setTimeout(() => change({ words: text }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, words, change]);
  return (
    <FormField
      label="Search"
      stretch
      constraintText={text !== '' && !isSearchable(text) ? 'Two letters or digits at least.' : undefined}
    >
      <Input
        type="search"
        value={text}
        placeholder="Number, name, words said or id"
        onChange={({ detail }) => setText(detail.value)}
        clearAriaLabel="Clear"
      />
    </FormField>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly all: string;
  readonly value: string | undefined;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly choose: (value: string | undefined) => void;
}

function Choice({ label, all, value, options, choose }: ChoiceProps) {
  const every = { value: '', label: all };
  return (
    <FormField label={label} stretch>
      <Select
        selectedOption={options.find((option) => option.value === value) ?? every}
        options={[every, ...options]}
        filteringType={options.length > 10 ? 'auto' : 'none'}
        onChange={({ detail }) => choose(detail.selectedOption.value || undefined)}
      />
    </FormField>
  );
}

interface DayProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly choose: (day: string | undefined) => void;
}

function Day({ label, value, choose }: DayProps) {
  return (
    <FormField label={label} stretch>
      <DatePicker
        value={value ?? ''}
        placeholder="YYYY/MM/DD"
        openCalendarAriaLabel={(chosen) => `Choose a day${chosen === null ? '' : `, chosen is ${chosen}`}`}
        onChange={({ detail }) => choose(detail.value || undefined)}
      />
    </FormField>
  );
}

import ContentLayout from '@cloudscape-design/components/content-layout';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useAgents } from '../calls/use-agents.ts';
import { useQueryString } from '../shell/location.ts';
import { useTitle } from '../shell/use-title.ts';
import { StatisticsPanel } from './statistics-panel.tsx';

const EVERYBODY = { value: '', label: 'All agents' };

/** What agents did, over time: of all, or of one. */
export function StatisticsPage() {
  useTitle('Statistics');
  const [search, setSearch] = useQueryString();
  const { agents, nameOf } = useAgents();
  const agentId = search.get('agentId') ?? undefined;
  const options = agents.map((agent) => ({ value: agent.agentId, label: agent.name }));
  return (
    <ContentLayout
      header={
        <Header variant="h1" description="Counted as it happens; the present hour is seconds behind.">
          Statistics
        </Header>
      }
    >
      <SpaceBetween size="l">
        <FormField label="Agent">
          <Select
            selectedOption={agentId === undefined ? EVERYBODY : { value: agentId, label: nameOf(agentId) }}
            options={[EVERYBODY, ...options]}
            filteringType="auto"
            onChange={({ detail }) => setSearch({ agentId: detail.selectedOption.value })}
          />
        </FormField>
        <StatisticsPanel agentId={agentId} />
      </SpaceBetween>
    </ContentLayout>
  );
}

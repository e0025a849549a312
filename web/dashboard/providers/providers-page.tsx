import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ContentLayout from '@cloudscape-design/components/content-layout';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useAgents } from '../calls/use-agents.ts';
import { AppLink } from '../shell/app-link.tsx';
import { useQueryString } from '../shell/location.ts';
import { useNotify } from '../shell/notifications.tsx';
import { PageLoading } from '../shell/pages.tsx';
import { useClient } from '../shell/use-client.ts';
import { useTitle } from '../shell/use-title.ts';
import { ProvidersPanel } from './providers-panel.tsx';

/** Services that agents hear, think and speak with; and which agent is the default one. */
export function ProvidersPage() {
  useTitle('Providers');
  const [search, setSearch] = useQueryString();
  const { agents, nameOf, isPending } = useAgents();
  const { data: current } = useDefaultAgent(agents.length > 0);
  const agentId = search.get('agentId') ?? current?.agentId ?? agents[0]?.agentId;
  const options = agents.map((agent) => ({ value: agent.agentId, label: agent.name }));
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="Whose services each agent hears, thinks and speaks with. Keys are kept secret."
        >
          Providers
        </Header>
      }
    >
      {isPending && <PageLoading what="Reading agents" />}
      {!isPending && agentId === undefined && (
        <Box>
          There is no agent yet. <AppLink href="/agents/new">Create one</AppLink>
        </Box>
      )}
      {agentId !== undefined && (
        <SpaceBetween size="l">
          <SpaceBetween size="m" direction="horizontal" alignItems="end">
            <FormField label="Agent">
              <Select
                selectedOption={{ value: agentId, label: nameOf(agentId) }}
                options={options}
                filteringType="auto"
                onChange={({ detail }) => setSearch({ agentId: detail.selectedOption.value })}
              />
            </FormField>
            <DefaultAgent
              agentId={agentId}
              name={nameOf(agentId)}
              isDefault={current?.isDefault === true && current.agentId === agentId}
            />
          </SpaceBetween>
          <ProvidersPanel key={agentId} agentId={agentId} />
        </SpaceBetween>
      )}
    </ContentLayout>
  );
}

/** Asked only of who has an agent: it would make a first one for who has none. */
function useDefaultAgent(hasAgents: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: ['default-agent'],
    enabled: hasAgents,
    queryFn: async ({ signal }) => (await client.call('getCurrentAgent', { signal })).data,
  });
}

interface DefaultProps {
  readonly agentId: string;
  readonly name: string;
  readonly isDefault: boolean;
}

function DefaultAgent({ agentId, name, isDefault }: DefaultProps) {
  const client = useClient();
  const queries = useQueryClient();
  const notify = useNotify();
  const choose = useMutation({
    mutationFn: async () => (await client.call('setDefaultAgent', { path: { agentId } })).data,
    onSuccess: (agent) => {
      queries.setQueryData(['default-agent'], agent);
      notify({ type: 'success', content: `${name} is the default agent now.` });
    },
    onError: (error) => notify.problem(error, 'The default agent stays as it is'),
  });
  if (isDefault) return <Badge color="green">Default agent</Badge>;
  return (
    <Button loading={choose.isPending} onClick={() => choose.mutate()}>
      Make it the default agent
    </Button>
  );
}

import './agent.css';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import type { ReactNode } from 'react';
import { ActionMenu } from '../agents/action-menu.tsx';
import { AgentStatusIndicator } from '../agents/agent-status.tsx';
import { useAgentActions } from '../agents/use-agent-actions.tsx';
import { follow, useParameter, useQueryString } from '../shell/location.ts';
import { PageLoading } from '../shell/pages.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useTitle } from '../shell/use-title.ts';
import { StatisticsPanel } from '../statistics/statistics-panel.tsx';
import { ChannelsTab } from './channels-tab.tsx';
import { ChatTab } from './chat-tab.tsx';
import { CodeTab } from './code-tab.tsx';
import { ContextTab } from './context-tab.tsx';
import { CustomersTab } from './customers-tab.tsx';
import { KeysTab } from './keys-tab.tsx';
import { KnowledgeTab } from './knowledge-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { SopTab } from './sop-tab.tsx';
import type { TabProps } from './tabs.ts';
import { TalkTab } from './talk-tab.tsx';
import { type ReadAgent, useAgent } from './use-agent.ts';
import { VersionsTab } from './versions-tab.tsx';

interface TabDefinition {
  readonly id: string;
  readonly label: string;
  readonly content: (props: TabProps) => ReactNode;
}

const TABS: readonly TabDefinition[] = [
  { id: 'overview', label: 'Overview', content: (props) => <OverviewTab {...props} /> },
  { id: 'chat', label: 'Test chat', content: (props) => <ChatTab {...props} /> },
  { id: 'talk', label: 'Talk', content: (props) => <TalkTab {...props} /> },
  { id: 'sop', label: 'SOP', content: (props) => <SopTab {...props} /> },
  { id: 'knowledge', label: 'Knowledge', content: (props) => <KnowledgeTab {...props} /> },
  { id: 'code', label: 'Code', content: (props) => <CodeTab {...props} /> },
  { id: 'versions', label: 'Versions', content: (props) => <VersionsTab {...props} /> },
  { id: 'channels', label: 'Channels', content: (props) => <ChannelsTab {...props} /> },
  { id: 'context', label: 'Context', content: (props) => <ContextTab {...props} /> },
  { id: 'keys', label: 'API keys', content: (props) => <KeysTab {...props} /> },
  {
    id: 'statistics',
    label: 'Statistics',
    content: ({ read }) => <StatisticsPanel agentId={read.agent.agentId} />,
  },
  { id: 'customers', label: 'Customers', content: (props) => <CustomersTab {...props} /> },
];

/** The page “Agent”. */
export function AgentPage() {
  const agentId = useParameter('agentId');
  const { data, error, refetch } = useAgent(agentId);
  if (data !== undefined) return <Shown read={data} />;
  if (error) {
    return (
      <ContentLayout header={<Header variant="h1">Agent</Header>}>
        <ProblemAlert error={error} retry={() => void refetch()} />
      </ContentLayout>
    );
  }
  return <PageLoading what="Reading the agent" />;
}

function Shown({ read }: { readonly read: ReadAgent }) {
  const { agent } = read;
  const [query, change] = useQueryString();
  const actions = useAgentActions();
  useTitle(agent.agentName);
  const asked = query.get('tab');
  const active = TABS.find(({ id }) => id === asked) ?? TABS[0];
  return (
    <ContentLayout
      breadcrumbs={
        <BreadcrumbGroup
          ariaLabel="Where you are"
          items={[
            { text: 'Agents', href: '/agents' },
            { text: agent.agentName, href: `/agents/${agent.agentId}` },
          ]}
          onFollow={follow}
        />
      }
      header={
        <Header
          variant="h1"
          actions={
            <SpaceBetween size="s" direction="horizontal" alignItems="center">
              <AgentStatusIndicator status={agent.status} />
              <ActionMenu agent={agent} onAction={(action) => actions.ask(action, agent)} />
            </SpaceBetween>
          }
          {...(agent.description === null ? {} : { description: agent.description })}
        >
          {agent.agentName}
        </Header>
      }
    >
      <Tabs
        ariaLabel={`About ${agent.agentName}`}
        activeTabId={active?.id ?? 'overview'}
        i18nStrings={{ scrollLeftAriaLabel: 'Tabs before', scrollRightAriaLabel: 'Tabs after' }}
        onChange={({ detail }) => change({ tab: detail.activeTabId, version: undefined }, { push: true })}
        tabs={TABS.map(({ id, label, content }) => ({
          id,
          label,
          content: id === active?.id ? content({ read }) : undefined,
        }))}
      />
      {actions.dialog}
    </ContentLayout>
  );
}

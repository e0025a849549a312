import './agent.css';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import type { ComponentType } from 'react';
import { ActionMenu } from '../agents/action-menu.tsx';
import { AgentStatusIndicator } from '../agents/agent-status.tsx';
import { useAgentActions } from '../agents/use-agent-actions.tsx';
import { type Later, later } from '../shell/later.ts';
import { follow, useParameter, useQueryString } from '../shell/location.ts';
import { PageLoading } from '../shell/pages.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useLater } from '../shell/use-later.ts';
import { useTitle } from '../shell/use-title.ts';
import { OverviewTab } from './overview-tab.tsx';
import type { TabProps } from './tabs.ts';
import { type ReadAgent, useAgent } from './use-agent.ts';

interface TabDefinition {
  readonly id: string;
  readonly label: string;
  readonly content: Later<ComponentType<TabProps>>;
}

/** Each tab is loaded when it is looked at. */
const TABS: readonly TabDefinition[] = [
  { id: 'overview', label: 'Overview', content: later(async () => OverviewTab) },
  { id: 'chat', label: 'Test chat', content: later(async () => (await import('./chat-tab.tsx')).ChatTab) },
  { id: 'talk', label: 'Talk', content: later(async () => (await import('./talk-tab.tsx')).TalkTab) },
  { id: 'sop', label: 'SOP', content: later(async () => (await import('./sop-tab.tsx')).SopTab) },
  {
    id: 'knowledge',
    label: 'Knowledge',
    content: later(async () => (await import('./knowledge-tab.tsx')).KnowledgeTab),
  },
  { id: 'code', label: 'Code', content: later(async () => (await import('./code-tab.tsx')).CodeTab) },
  { id: 'versions', label: 'Versions', content: later(async () => (await import('./versions-tab.tsx')).VersionsTab) },
  { id: 'channels', label: 'Channels', content: later(async () => (await import('./channels-tab.tsx')).ChannelsTab) },
  { id: 'context', label: 'Context', content: later(async () => (await import('./context-tab.tsx')).ContextTab) },
  { id: 'keys', label: 'API keys', content: later(async () => (await import('./keys-tab.tsx')).KeysTab) },
  {
    id: 'statistics',
    label: 'Statistics',
    content: later(async () => {
      const { StatisticsPanel } = await import('../statistics/statistics-panel.tsx');
      return ({ read }: TabProps) => <StatisticsPanel agentId={read.agent.agentId} />;
    }),
  },
  {
    id: 'customers',
    label: 'Customers',
    content: later(async () => (await import('./customers-tab.tsx')).CustomersTab),
  },
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

function Tab({ content, read }: TabProps & Pick<TabDefinition, 'content'>) {
  const Content = useLater(content);
  return Content === undefined ? <PageLoading /> : <Content read={read} />;
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
          content: id === active?.id ? <Tab content={content} read={read} /> : undefined,
        }))}
      />
      {actions.dialog}
    </ContentLayout>
  );
}

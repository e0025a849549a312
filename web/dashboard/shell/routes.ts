import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

/** Values of the path's `{names}`. */
export type PathParameters = Readonly<Record<string, string>>;

export interface Route {
  /** `/agents/{agentId}`; segments in braces match anything. */
  readonly path: string;
  /** Title of the document before the page has a better one. */
  readonly title: string;
  /** `href` of the link of the side navigation that the page belongs to. */
  readonly section: string;
  readonly page: LazyExoticComponent<ComponentType>;
}

/** Each page is a chunk of its own. The first match counts. */
export const ROUTES: readonly Route[] = [
  {
    path: '/agents',
    title: 'Agents',
    section: '/agents',
    page: lazy(async () => ({ default: (await import('../agents/agents-page.tsx')).AgentsPage })),
  },
  {
    path: '/agents/new',
    title: 'Create an agent',
    section: '/agents',
    page: lazy(async () => ({ default: (await import('../create/create-page.tsx')).CreatePage })),
  },
  {
    path: '/agents/{agentId}',
    title: 'Agent',
    section: '/agents',
    page: lazy(async () => ({ default: (await import('../agent/agent-page.tsx')).AgentPage })),
  },
  {
    path: '/live',
    title: 'Live',
    section: '/live',
    page: lazy(async () => ({ default: (await import('../live/live-page.tsx')).LivePage })),
  },
  {
    path: '/live/{callId}',
    title: 'Live call',
    section: '/live',
    page: lazy(async () => ({ default: (await import('../live/live-page.tsx')).LivePage })),
  },
  {
    path: '/calls',
    title: 'Calls',
    section: '/calls',
    page: lazy(async () => ({ default: (await import('../calls/calls-page.tsx')).CallsPage })),
  },
  {
    path: '/calls/{callId}',
    title: 'Call',
    section: '/calls',
    page: lazy(async () => ({ default: (await import('../calls/call-page.tsx')).CallPage })),
  },
  {
    path: '/numbers',
    title: 'Numbers',
    section: '/numbers',
    page: lazy(async () => ({ default: (await import('../numbers/numbers-page.tsx')).NumbersPage })),
  },
  {
    path: '/statistics',
    title: 'Statistics',
    section: '/statistics',
    page: lazy(async () => ({ default: (await import('../statistics/statistics-page.tsx')).StatisticsPage })),
  },
  {
    path: '/providers',
    title: 'Providers',
    section: '/providers',
    page: lazy(async () => ({ default: (await import('../providers/providers-page.tsx')).ProvidersPage })),
  },
  {
    path: '/settings',
    title: 'Settings',
    section: '/settings',
    page: lazy(async () => ({ default: (await import('../settings/settings-page.tsx')).SettingsPage })),
  },
];

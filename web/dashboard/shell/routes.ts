import type { ComponentType } from 'react';
import { type Later, later } from './later.ts';
import { PAGES } from './page-list.ts';
import { preloadScripts } from './page-scripts.ts';

/** Values of the path's `{names}`. */
export type PathParameters = Readonly<Record<string, string>>;

export type Route = (typeof PAGES)[number] & { readonly page: Later<ComponentType> };

/** Each page is a chunk of its own. */
const GET: Readonly<Record<Route['module'], () => Promise<ComponentType>>> = {
  'agents-page': async () => (await import('../agents/agents-page.tsx')).AgentsPage,
  'create-page': async () => (await import('../create/create-page.tsx')).CreatePage,
  'agent-page': async () => (await import('../agent/agent-page.tsx')).AgentPage,
  'live-page': async () => (await import('../live/live-page.tsx')).LivePage,
  'calls-page': async () => (await import('../calls/calls-page.tsx')).CallsPage,
  'call-page': async () => (await import('../calls/call-page.tsx')).CallPage,
  'numbers-page': async () => (await import('../numbers/numbers-page.tsx')).NumbersPage,
  'statistics-page': async () => (await import('../statistics/statistics-page.tsx')).StatisticsPage,
  'providers-page': async () => (await import('../providers/providers-page.tsx')).ProvidersPage,
  'settings-page': async () => (await import('../settings/settings-page.tsx')).SettingsPage,
};

export const ROUTES: readonly Route[] = PAGES.map((page) => ({
  ...page,
  page: later(() => {
    preloadScripts(page.path);
    return GET[page.module]();
  }),
}));

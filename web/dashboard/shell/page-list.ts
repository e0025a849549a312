/** A page of the dashboard, as far as it is known before it is loaded. */
interface PageEntry {
  /** `/agents/{agentId}`; segments in braces match anything. */
  readonly path: string;
  /** Title of the document before the page has a better one. */
  readonly title: string;
  /** `href` of the link of the side navigation that the page belongs to. */
  readonly section: string;
  /** Name of its module, by which the build finds the scripts that it is made of. */
  readonly module: string;
}

/** All pages. The first match counts. */
export const PAGES = [
  { path: '/agents', title: 'Agents', section: '/agents', module: 'agents-page' },
  { path: '/agents/new', title: 'Create an agent', section: '/agents', module: 'create-page' },
  { path: '/agents/{agentId}', title: 'Agent', section: '/agents', module: 'agent-page' },
  { path: '/live', title: 'Live', section: '/live', module: 'live-page' },
  { path: '/live/{callId}', title: 'Live call', section: '/live', module: 'live-page' },
  { path: '/calls', title: 'Calls', section: '/calls', module: 'calls-page' },
  { path: '/calls/{callId}', title: 'Call', section: '/calls', module: 'call-page' },
  { path: '/numbers', title: 'Numbers', section: '/numbers', module: 'numbers-page' },
  { path: '/statistics', title: 'Statistics', section: '/statistics', module: 'statistics-page' },
  { path: '/providers', title: 'Providers', section: '/providers', module: 'providers-page' },
  { path: '/settings', title: 'Settings', section: '/settings', module: 'settings-page' },
] as const satisfies readonly PageEntry[];

/** Id of the element of the document in which the build says what scripts each page has: `{ [path]: files }`. */
export const PAGE_SCRIPTS_ID = 'page-scripts';

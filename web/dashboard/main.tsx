import '@cloudscape-design/global-styles/index.css';
import './shell/shell.css';
import { loadConfig } from './shell/config.ts';
import { findRoute, HOME } from './shell/match-path.ts';
import { ROUTES } from './shell/routes.ts';
import { keepTheme } from './shell/theme.ts';

// Before anything is painted, so that nobody in the dark is dazzled.
keepTheme();
const root = document.getElementById('root');
// All of the first page is asked for at once: where things are, what surrounds the page, the page itself.
const config = loadConfig(location.origin);
const page = findRoute(ROUTES, location.pathname === '/' ? HOME : location.pathname)?.route.page.load();
// Whoever shows them tells of their failures.
config.catch(() => undefined);
page?.catch(() => undefined);
// Not awaited here: what is loaded imports from this module's own chunk, which would wait for it.
import('./shell/dashboard.tsx')
  .then(({ showDashboard }) => root && showDashboard(root, config))
  .catch(() => {
    if (root) root.textContent = 'The dashboard could not be loaded. Look at your connection and load this page again.';
  });

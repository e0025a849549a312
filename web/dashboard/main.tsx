import '@cloudscape-design/global-styles/index.css';
import './shell/shell.css';
import { createRoot } from 'react-dom/client';
import { Dashboard } from './shell/dashboard.tsx';
import { keepTheme } from './shell/theme.ts';

// Before anything is painted, so that nobody in the dark is dazzled.
keepTheme();
const root = document.getElementById('root');
if (root) createRoot(root).render(<Dashboard />);

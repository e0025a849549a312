import { applyMode, Mode } from '@cloudscape-design/global-styles';

/** `system` follows the device. */
export type Theme = 'light' | 'dark' | 'system';

export const THEMES: readonly { readonly id: Theme; readonly text: string }[] = [
  { id: 'light', text: 'Light' },
  { id: 'dark', text: 'Dark' },
  { id: 'system', text: 'As the device' },
];

export const isTheme = (id: string): id is Theme => THEMES.some((theme) => theme.id === id);

const KEY = 'oratio.theme';
const darkDevice = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)');

/** What was chosen on this device; `system` until somebody chose. */
export function chosenTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

/** Whether the page is dark now. */
export const isDark = (): boolean => {
  const theme = chosenTheme();
  return theme === 'system' ? darkDevice().matches : theme === 'dark';
};

const listeners = new Set<() => void>();

function apply(): void {
  const dark = isDark();
  applyMode(dark ? Mode.Dark : Mode.Light);
  document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
  for (const listener of listeners) listener();
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  apply();
}

/** Applies the theme now and whenever the device changes its own. */
export function keepTheme(): void {
  apply();
  darkDevice().addEventListener('change', apply);
}

/** Calls `listener` after each change until the returned function is called. */
export function onThemeChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

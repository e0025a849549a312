import { useSyncExternalStore } from 'react';
import { chosenTheme, isDark, onThemeChange, type Theme } from './theme.ts';

/** The theme that was chosen, and whether that is dark at the moment (for charts, which are drawn by hand). */
export function useTheme(): { readonly theme: Theme; readonly dark: boolean } {
  const theme = useSyncExternalStore(onThemeChange, chosenTheme);
  const dark = useSyncExternalStore(onThemeChange, isDark);
  return { theme, dark };
}

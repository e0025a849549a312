import type { FlashbarProps } from '@cloudscape-design/components/flashbar';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { problemText } from './problem-text.ts';

export interface Notice {
  readonly type: 'success' | 'error' | 'warning' | 'info' | 'in-progress';
  readonly header?: string;
  readonly content?: ReactNode;
  /** A notice of the same id takes the place of the former; otherwise each stands for itself. */
  readonly id?: string;
  /** What the person may do about it. */
  readonly action?: { readonly text: string; readonly onClick: () => void };
}

interface Notifications {
  readonly items: readonly FlashbarProps.MessageDefinition[];
  readonly notify: (notice: Notice) => void;
}

const Context = createContext<Notifications | undefined>(undefined);
/** Good news leaves by itself; bad news waits until it is dismissed. */
const SHOWN_MS = 6000;
let last = 0;

export function NotificationsProvider({ children }: { readonly children: ReactNode }) {
  const [items, setItems] = useState<readonly FlashbarProps.MessageDefinition[]>([]);
  const dismiss = useCallback((id: string) => setItems((known) => known.filter((item) => item.id !== id)), []);
  const notify = useCallback(
    ({ type, header, content, id = `notice-${++last}`, action }: Notice) => {
      const item: FlashbarProps.MessageDefinition = {
        id,
        type: type === 'in-progress' ? 'info' : type,
        loading: type === 'in-progress',
        header,
        content,
        dismissible: true,
        dismissLabel: 'Dismiss',
        onDismiss: () => dismiss(id),
        ...(action ? { buttonText: action.text, onButtonClick: action.onClick } : {}),
      };
      setItems((known) => [item, ...known.filter((other) => other.id !== id)]);
      if (type === 'success') setTimeout(() => dismiss(id), SHOWN_MS);
    },
    [dismiss],
  );
  const value = useMemo(() => ({ items, notify }), [items, notify]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useNotifications(): Notifications {
  const value = useContext(Context);
  if (!value) throw new Error('There are no notifications here.');
  return value;
}

/** `notify({ type, header, content })` above the page; `notify.problem(error, 'The agent was not paused')` for what failed. */
export function useNotify(): Notifications['notify'] & { problem: (error: unknown, header?: string) => void } {
  const { notify } = useNotifications();
  return useMemo(() => {
    const problem = (error: unknown, header?: string): void => {
      const { title, text } = problemText(error);
      notify({ type: 'error', header: header ?? title, content: header === undefined ? text : `${title}. ${text}` });
    };
    return Object.assign((notice: Notice) => notify(notice), { problem });
  }, [notify]);
}

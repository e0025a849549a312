import Button from '@cloudscape-design/components/button';
import { memo, useCallback, useEffect, useRef, useState } from 'react';
import type { OperatorMessage } from '../../../shared/live/operator-messages.ts';
import { useNotify } from '../shell/notifications.tsx';
import { useFeed } from '../shell/use-feed.ts';
import { type ListenIn, openListenIn } from './listen-in.ts';

interface Props {
  readonly callId: string;
  readonly disabled: boolean;
}

/** Lets somebody hear a call, until they or the call end it. */
export const ListenButton = memo(function ListenButton({ callId, disabled }: Props) {
  const notify = useNotify();
  const [listener, setListener] = useState<ListenIn>();
  const heard = useRef<ListenIn>(undefined);
  const isOn = listener !== undefined && !disabled;
  const hear = useCallback((message: OperatorMessage) => {
    if (message.type === 'call.audio') heard.current?.hear(message);
  }, []);
  useFeed(isOn ? [`call:${callId}:audio`] : [], hear);
  useEffect(() => {
    heard.current = listener;
    return () => listener?.close();
  }, [listener]);
  const toggle = async (): Promise<void> => {
    if (isOn) {
      setListener(undefined);
      return;
    }
    try {
      setListener(await openListenIn());
    } catch (error) {
      notify.problem(error, 'This browser cannot play the call');
    }
  };
  return (
    <Button
      iconName={isOn ? 'audio-full' : 'audio-off'}
      disabled={disabled}
      ariaLabel={isOn ? 'Stop listening to the call' : 'Listen in to the call'}
      onClick={() => void toggle()}
    >
      {isOn ? 'Stop listening' : 'Listen in'}
    </Button>
  );
});

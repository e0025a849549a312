import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { codeOf } from '../calls/field-errors.ts';
import { useNotify } from '../shell/notifications.tsx';
import { useClient } from '../shell/use-client.ts';
import { knownController } from './use-controller.ts';

/** What an operator asks of a call. */
export type Wish =
  | { readonly action: 'whisper' | 'say'; readonly text: string }
  | { readonly action: 'takeover'; readonly text?: string }
  | { readonly action: 'hold' | 'resume' | 'end'; readonly reason?: string }
  | { readonly action: 'transfer'; readonly reason?: string; readonly to?: { readonly phoneNumber: string } };

const OPERATIONS = {
  whisper: 'whisperToCall',
  say: 'sayInCall',
  hold: 'holdCall',
  resume: 'resumeCall',
  takeover: 'takeOverCall',
  transfer: 'transferCall',
  end: 'endCall',
} as const;

/** In words, once the call has been asked. */
const ASKED: Readonly<Record<Wish['action'], string>> = {
  whisper: 'The agent knows.',
  say: 'The agent says it.',
  hold: 'The caller is asked to wait.',
  resume: 'The agent goes on.',
  takeover: 'You speak to the caller now.',
  transfer: 'The call is passed on to a person.',
  end: 'The call ends.',
};

/** Sends commands to a call. One that is refused because somebody else has the call waits for a deliberate "take anyway". */
export function useCommand(callId: string, done: (wish: Wish) => void) {
  const client = useClient();
  const queries = useQueryClient();
  const notify = useNotify();
  const [refused, setRefused] = useState<Wish>();
  const send = useMutation({
    mutationFn: ({ wish: { action, ...words }, force }: { readonly wish: Wish; readonly force: boolean }) =>
      // The bodies differ by their words alone, and the wish has those of its action.
      client.call(OPERATIONS[action], {
        path: { callId },
        body: { ...words, force } as { text: string; force: boolean },
      }),
    onSuccess: ({ data }, { wish }) => {
      setRefused(undefined);
      knownController(queries, callId, data.controller);
      notify({ type: 'success', content: ASKED[wish.action], id: 'call-command' });
      done(wish);
    },
    onError: (error, { wish }) => setRefused(codeOf(error) === 'call-controlled' ? wish : undefined),
  });
  return {
    ask: (wish: Wish) => send.mutate({ wish, force: false }),
    /** Takes the call out of the other operator's hand. */
    takeAnyway: refused === undefined ? undefined : () => send.mutate({ wish: refused, force: true }),
    error: send.error,
    pending: send.isPending ? send.variables.wish.action : undefined,
    dismiss: () => {
      setRefused(undefined);
      send.reset();
    },
  };
}

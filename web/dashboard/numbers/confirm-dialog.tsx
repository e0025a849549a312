import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNotify } from '../shell/notifications.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import type { NumberRow } from './number-types.ts';
import { PROVIDER_NAMES } from './number-words.ts';
import type { NumberWish } from './numbers-table.tsx';
import type { NumberActions } from './use-numbers.ts';

interface Props {
  readonly number: NumberRow;
  readonly wish: NumberWish;
  readonly nameOf: (agentId: string) => string;
  readonly actions: NumberActions;
  readonly close: () => void;
}

/** Asks before a number is taken from an agent or given back to its provider. */
export function ConfirmDialog({ number, wish, nameOf, actions, close }: Props) {
  const notify = useNotify();
  const { phoneNumber } = number;
  const words = wordsOf(number, wish, nameOf);
  const done = {
    onSuccess: () => {
      notify({ type: 'success', content: words.done });
      close();
    },
  };
  const act = (): void => {
    if (wish.kind === 'free')
      actions.free.mutate({ phoneNumber, direction: wish.direction, agentId: wish.agentId }, done);
    else actions.release.mutate(phoneNumber, done);
  };
  const { error, isPending } = wish.kind === 'free' ? actions.free : actions.release;
  return (
    <Modal
      visible
      header={words.title}
      closeAriaLabel="Close"
      onDismiss={close}
      footer={
        <SpaceBetween size="xs" direction="horizontal">
          <Button variant="link" onClick={close}>
            Cancel
          </Button>
          <Button variant="primary" loading={isPending} onClick={act}>
            {words.button}
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="m">
        {error && <ProblemAlert error={error} />}
        {words.text}
      </SpaceBetween>
    </Modal>
  );
}

function wordsOf({ phoneNumber, provider }: NumberRow, wish: NumberWish, nameOf: Props['nameOf']) {
  if (wish.kind !== 'free') {
    return {
      title: `Release ${phoneNumber}?`,
      text: `${PROVIDER_NAMES[provider]} takes the number back and charges for it no more. It is hardly ever got again.`,
      button: 'Release',
      done: `${phoneNumber} was released.`,
    };
  }
  const name = nameOf(wish.agentId);
  const isInbound = wish.direction === 'inbound';
  return {
    title: isInbound ? `Let ${name} answer no more?` : `Let ${name} call no more?`,
    text: isInbound
      ? `${name} loses ${phoneNumber}: who calls it is answered by nobody until another agent gets it.`
      : `${name} may not call from ${phoneNumber} any more.`,
    button: 'End the assignment',
    done: `${name} does not ${isInbound ? 'answer' : 'call from'} ${phoneNumber} any more.`,
  };
}

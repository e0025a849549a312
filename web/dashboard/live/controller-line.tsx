import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useOperatorName } from '../calls/use-operator-name.ts';
import { asClock } from '../calls/words.ts';
import { useNotify } from '../shell/notifications.tsx';
import { useClient } from '../shell/use-client.ts';
import { type Controller, knownController } from './use-controller.ts';
import { useNow } from './use-live.ts';

interface Props {
  readonly callId: string;
  readonly controller: Controller | null;
}

/** Who has the call in hand, and for how long. */
export function ControllerLine({ callId, controller }: Props) {
  const client = useClient();
  const queries = useQueryClient();
  const notify = useNotify();
  const nameOf = useOperatorName();
  const now = useNow();
  const release = useMutation({
    mutationFn: () => client.call('releaseCallController', { path: { callId } }),
    onSuccess: () => knownController(queries, callId, null),
    onError: (error) => notify.problem(error, 'The call was not given back'),
  });
  if (controller === null) {
    return <span role="status">Nobody steers this call. Who sends it a command has it for a minute.</span>;
  }
  return (
    <SpaceBetween size="s" direction="horizontal" alignItems="center">
      <span role="status">
        <b>{controller.isYou ? 'You have' : `${nameOf(controller.operator)}, at another sign-in, has`}</b> this call in
        hand.
      </span>
      <span aria-hidden="true">{asClock(controller.untilMs - now)} left unless renewed</span>
      {controller.isYou && (
        <Button variant="inline-link" loading={release.isPending} onClick={() => release.mutate()}>
          Let go of it
        </Button>
      )}
    </SpaceBetween>
  );
}

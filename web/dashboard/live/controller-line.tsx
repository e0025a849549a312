import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import type { LiveCallView } from '../../../shared/live/live-views.ts';
import { asClock } from '../calls/words.ts';
import { useNotify } from '../shell/notifications.tsx';
import { useSession } from '../shell/session.ts';
import { useClient } from '../shell/use-client.ts';
import { useNow } from './use-live.ts';

/** Who has the call in hand, and for how long. */
export function ControllerLine({ call }: { readonly call: LiveCallView }) {
  const client = useClient();
  const notify = useNotify();
  const { profile } = useSession();
  const now = useNow();
  const release = useMutation({
    mutationFn: () => client.call('releaseCallController', { path: { callId: call.callId } }),
    onError: (error) => notify.problem(error, 'The call was not given back'),
  });
  const { controller } = call;
  if (controller === undefined || controller.untilMs <= now) {
    return <span role="status">Nobody steers this call. Who sends it a command has it for a minute.</span>;
  }
  const isYou = controller.operator.name === profile.email;
  return (
    <SpaceBetween size="s" direction="horizontal" alignItems="center">
      <span role="status">
        <b>{isYou ? 'You have' : `${controller.operator.name} has`}</b> this call in hand.
      </span>
      <span aria-hidden="true">{asClock(controller.untilMs - now)} left unless renewed</span>
      {isYou && (
        <Button variant="inline-link" loading={release.isPending} onClick={() => release.mutate()}>
          Let go of it
        </Button>
      )}
    </SpaceBetween>
  );
}

import Button from '@cloudscape-design/components/button';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useAgents } from '../calls/use-agents.ts';
import { useNotify } from '../shell/notifications.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useTitle } from '../shell/use-title.ts';
import { AssignDialog } from './assign-dialog.tsx';
import { ClaimDialog } from './claim-dialog.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { syncWords } from './number-words.ts';
import { NumbersTable, type NumberWish } from './numbers-table.tsx';
import { useNumberActions, useNumbers } from './use-numbers.ts';

/** Telephone numbers and which agents have them. */
export function NumbersPage() {
  useTitle('Numbers');
  const notify = useNotify();
  const agents = useAgents();
  const { data: numbers, error, isPending, refetch } = useNumbers();
  const actions = useNumberActions();
  const [isClaiming, setClaiming] = useState(false);
  const [wish, setWish] = useState<NumberWish>();
  const wished = numbers?.find(({ phoneNumber }) => phoneNumber === wish?.phoneNumber);
  const close = (): void => {
    setWish(undefined);
    for (const action of [actions.assign, actions.free, actions.release]) action.reset();
  };
  const sync = (): void =>
    actions.sync.mutate(undefined, {
      onSuccess: (report) => {
        const failed = report.twilio.status === 'failed' || report.connect.status === 'failed';
        notify({ type: failed ? 'warning' : 'success', header: 'Synced', content: syncWords(report).join(' ') });
      },
      onError: (failure) => notify.problem(failure, 'The numbers were not synced'),
    });
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="One agent answers a number; any number of agents may call from it."
          actions={
            <SpaceBetween size="xs" direction="horizontal">
              <Button iconName="refresh" loading={actions.sync.isPending} onClick={sync}>
                Sync
              </Button>
              <Button variant="primary" onClick={() => setClaiming(true)}>
                Claim a number
              </Button>
            </SpaceBetween>
          }
        >
          Numbers
        </Header>
      }
    >
      <SpaceBetween size="l">
        {error && <ProblemAlert error={error} retry={() => void refetch()} />}
        <NumbersTable numbers={numbers ?? []} isPending={isPending} nameOf={agents.nameOf} wish={setWish} sync={sync} />
      </SpaceBetween>
      {isClaiming && <ClaimDialog close={() => setClaiming(false)} />}
      {wish?.kind === 'assign' && wished && (
        <AssignDialog number={wished} agents={agents} assign={actions.assign} close={close} />
      )}
      {wish !== undefined && wish.kind !== 'assign' && wished && (
        <ConfirmDialog number={wished} wish={wish} nameOf={agents.nameOf} actions={actions} close={close} />
      )}
    </ContentLayout>
  );
}

import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { FormDraft } from './use-draft.ts';

/** Above a form that somebody else has changed while it was written in. */
export function ChangedMeanwhile({ isOutdated, goOn }: Pick<FormDraft<unknown>, 'isOutdated' | 'goOn'>) {
  if (!isOutdated) return null;
  return (
    <Alert
      type="warning"
      header="Somebody else has changed this meanwhile"
      action={
        <SpaceBetween direction="horizontal" size="xs">
          <Button onClick={() => goOn('theirs')}>Show their version</Button>
          <Button onClick={() => goOn('mine')}>Keep what I wrote</Button>
        </SpaceBetween>
      }
    >
      What you have written is still here. Kept, it takes the place of theirs when you save it.
    </Alert>
  );
}

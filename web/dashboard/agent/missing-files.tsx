import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { AgentDetail } from '../agents/agent-types.ts';
import { asDay } from '../agents/words.ts';
import { countOf } from '../calls/words.ts';
import { DropZone } from '../create/file-picker.tsx';
import type { ChosenFile } from '../create/files.ts';
import { type UploadState, uploadAll, waitingUploads, withState } from '../create/upload.ts';
import { UploadList } from '../create/upload-list.tsx';
import { useClient } from '../shell/use-client.ts';
import { useChange } from './use-change.ts';

/** Chosen files that are missed: by their whole path, or by their name where only one of that name is missed. */
function matching(missed: readonly string[], files: readonly ChosenFile[]): readonly ChosenFile[] {
  return missed.flatMap((path) => {
    const name = path.split('/').at(-1);
    const isOnly = missed.filter((other) => other.split('/').at(-1) === name).length === 1;
    const found = files.find((one) => one.path === path || (isOnly && one.path.split('/').at(-1) === name));
    return found === undefined ? [] : [{ path, file: found.file }];
  });
}

/** Files that were announced and have not come. */
export const missedIn = ({ knowledgeBase }: Pick<AgentDetail, 'knowledgeBase'>): readonly string[] =>
  knowledgeBase.files.flatMap(({ path, status }) => (status === 'awaiting-upload' ? [path] : []));

/** Says which files are waited for; when the wait is over, they may be chosen again. */
export function MissingFiles({ agent }: { readonly agent: AgentDetail }) {
  const client = useClient();
  const [states, setStates] = useState<readonly UploadState[]>([]);
  const missed = missedIn(agent);
  const again = useChange({
    agentId: agent.agentId,
    change: async (chosen: readonly ChosenFile[]) => {
      const files = matching(missed, chosen);
      const { data } = await client.call('retryAgent', { path: { agentId: agent.agentId } });
      setStates(waitingUploads(data.uploads ?? [], files));
      await uploadAll(data.uploads ?? [], files, (state) => setStates((now) => withState(now, state)));
    },
  });
  if (missed.length === 0) return null;
  const isOver = agent.provisioning.status === 'failed';
  return (
    <Alert type={isOver ? 'warning' : 'info'} header={`Waits for ${countOf(missed.length, 'file')}`}>
      <SpaceBetween size="m">
        <span>
          {missed.join(', ')}.{' '}
          {isOver
            ? 'Choose them again, all of them; provisioning goes on when they have arrived.'
            : `Provisioning begins when they have arrived${agent.uploads === null ? '' : `, until ${asDay(agent.uploads.expiresAt)}`}.`}
        </span>
        {isOver && <DropZone onFiles={(chosen) => again.mutate(chosen)} />}
        {states.length > 0 && <UploadList states={states} />}
      </SpaceBetween>
    </Alert>
  );
}

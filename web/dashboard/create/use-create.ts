import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { OratioProblem, type UploadForm } from '../../../client/index.ts';
import { navigate } from '../shell/location.ts';
import { useClient } from '../shell/use-client.ts';
import { bodyOf, type Draft, type Faults, faultsOfProblem } from './draft.ts';
import { type UploadState, uploadAll, waitingUploads, withState } from './upload.ts';

/** How far the creation is. */
export type Creation =
  | { readonly phase: 'idle' }
  | { readonly phase: 'sending' }
  | { readonly phase: 'uploading'; readonly agentId: string; readonly states: readonly UploadState[] }
  | { readonly phase: 'upload-failed'; readonly agentId: string; readonly states: readonly UploadState[] };

interface Create {
  readonly creation: Creation;
  readonly error: unknown;
  /** What the API says is wrong, by place. */
  readonly faults: Faults;
  readonly create: (draft: Draft) => Promise<Faults>;
  readonly retryUploads: () => Promise<void>;
}

/**
 * Creates the agent and uploads its files, then goes to its page. The request is named once a draft, so that pressing
 * twice, or again after a lost connection, makes one agent.
 */
export function useCreate(): Create {
  const client = useClient();
  const queries = useQueryClient();
  const [creation, setCreation] = useState<Creation>({ phase: 'idle' });
  const [error, setError] = useState<unknown>();
  const [faults, setFaults] = useState<Faults>({});
  const sent = useRef<{ draft: Draft; key: string; forms: readonly UploadForm[]; agentId: string }>(undefined);

  const upload = async (forms: readonly UploadForm[]): Promise<void> => {
    const { draft, agentId } = sent.current ?? {};
    if (draft === undefined || agentId === undefined) return;
    setCreation({ phase: 'uploading', agentId, states: waitingUploads(forms, draft.files) });
    const failed = await uploadAll(forms, draft.files, (state) =>
      setCreation((now) => ('states' in now ? { ...now, states: withState(now.states, state) } : now)),
    );
    if (failed.length === 0) navigate(`/agents/${agentId}?tab=overview`, { replace: true });
    else setCreation((now) => ('states' in now ? { ...now, phase: 'upload-failed' } : now));
  };

  return {
    creation,
    error,
    faults,
    create: async (draft) => {
      setError(undefined);
      setFaults({});
      setCreation({ phase: 'sending' });
      const key = sent.current?.draft === draft ? sent.current.key : crypto.randomUUID();
      sent.current = { draft, key, forms: [], agentId: '' };
      try {
        const { data } = await client.call('createAgent', { body: bodyOf(draft), idempotencyKey: key });
        sent.current = { draft, key, forms: data.uploads ?? [], agentId: data.agentId };
        void queries.invalidateQueries({ queryKey: ['agents'] });
        await upload(data.uploads ?? []);
        return {};
      } catch (problem) {
        const found = problem instanceof OratioProblem ? faultsOfProblem(problem.errors, draft) : {};
        setError(problem);
        setFaults(found);
        setCreation({ phase: 'idle' });
        return found;
      }
    },
    retryUploads: async () => {
      const failed = 'states' in creation ? creation.states.filter(({ status }) => status !== 'done') : [];
      const paths = new Set(failed.map(({ path }) => path));
      await upload((sent.current?.forms ?? []).filter(({ path }) => paths.has(path)));
    },
  };
}

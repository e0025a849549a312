import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import type { AnswerOf } from '../../../client/index.ts';
import type { ProviderPart } from '../../../shared/providers/provider-names.ts';
import { asLatency } from '../calls/words.ts';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import { configOf, type PartDraft } from './provider-draft.ts';

interface Props {
  readonly agentId: string;
  readonly part: ProviderPart;
  readonly draft: PartDraft;
  /** Labels of what has to be filled in first. */
  readonly missing: readonly string[];
}

/** Speaks to the provider as it is written in the form, before it is saved, and tells what was heard. */
export function ProviderTest({ agentId, part, draft, missing }: Props) {
  const client = useClient();
  const test = useMutation({
    mutationFn: async () =>
      (await client.call('testProvider', { body: { part, agentId, config: configOf(part, draft) } })).data,
  });
  // The cascade is its parts; each of them is tested by itself.
  if (part === 'speech' && draft.provider === 'cascade') return null;
  return (
    <SpaceBetween size="s">
      <Button
        loading={test.isPending}
        loadingText="Speaking to the provider"
        disabled={missing.length > 0}
        disabledReason={`Fill in first: ${missing.join(', ')}.`}
        onClick={() => test.mutate()}
      >
        Test
      </Button>
      <div aria-live="polite">
        {test.data && <Heard heard={test.data} />}
        {test.error && <ProblemAlert error={test.error} />}
      </div>
    </SpaceBetween>
  );
}

function Heard({ heard }: { readonly heard: AnswerOf<'testProvider'> }) {
  const { said, heard: words, audio, firstMs, totalMs } = heard;
  return (
    <Alert type="success" header={`It answers after ${asLatency(firstMs)}`}>
      <p>
        Said: <q>{said}</q>
      </p>
      <p>
        Heard: <q>{words}</q>
      </p>
      {audio !== null && (
        <p>
          {asLatency(audio.durationMs)} of sound at {audio.sampleRateHertz} Hz, {audio.loudnessDb.toFixed(0)} dB;{' '}
          {asLatency(totalMs)} in all.
        </p>
      )}
    </Alert>
  );
}

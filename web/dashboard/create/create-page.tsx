import './create.css';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Wizard from '@cloudscape-design/components/wizard';
import { useEffect, useState } from 'react';
import { Confirm } from '../agent/confirm.tsx';
import { AppLink } from '../shell/app-link.tsx';
import { navigate } from '../shell/location.ts';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { type Draft, EMPTY_DRAFT, type Faults, faultsOf, STEPS, type StepName, stepOf } from './draft.ts';
import { BasicsStep, ChannelsStep, FilesStep, ReviewStep, SopStep } from './steps.tsx';
import { UploadList } from './upload-list.tsx';
import { type Creation, useCreate } from './use-create.ts';

/** Asks before a draft is lost with the tab. */
function useWarnBeforeLeaving(isDirty: boolean): void {
  useEffect(() => {
    if (!isDirty) return undefined;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isDirty]);
}

/** A fault goes when its field is written in again. */
const withoutTouched = (faults: Faults, change: Partial<Draft>): Faults =>
  Object.fromEntries(Object.entries(faults).filter(([pointer]) => !isTouched(pointer, change)));

const isTouched = (pointer: string, change: Partial<Draft>): boolean => {
  const [, field = ''] = pointer.split('/');
  return field in change || (field === 'folderFileDescriptions' && 'descriptions' in change);
};

/** A draft outlives its page: whoever looks something up elsewhere finds it as they left it. */
let unfinished: Draft = EMPTY_DRAFT;

/** The page “Create an agent”. */
export function CreatePage() {
  const { creation, error, create, retryUploads } = useCreate();
  const [draft, setDraft] = useState(unfinished);
  const [isLeaving, setLeaving] = useState(false);
  const [active, setActive] = useState(0);
  const [faults, setFaults] = useState<Faults>({});
  useWarnBeforeLeaving(draft !== EMPTY_DRAFT && creation.phase !== 'sending');
  const isSent = 'states' in creation;
  useEffect(() => {
    unfinished = isSent ? EMPTY_DRAFT : draft;
  }, [isSent, draft]);
  const leave = (): void => {
    unfinished = EMPTY_DRAFT;
    navigate('/agents');
  };
  const change = (part: Partial<Draft>): void => {
    setDraft((now) => ({ ...now, ...part }));
    setFaults((now) => withoutTouched(now, part));
  };
  const goTo = (wanted: number): void => {
    const wrong = STEPS.slice(0, wanted).findIndex((step) => Object.keys(faultsOf(step, draft)).length > 0);
    const step = wanted > active && wrong !== -1 ? wrong : wanted;
    setFaults(step === wanted ? {} : faultsOf(STEPS[step] ?? 'basics', draft));
    setActive(step);
  };
  const submit = async (): Promise<void> => {
    const found = await create(draft);
    setFaults(found);
    const [pointer] = Object.keys(found);
    if (pointer !== undefined) setActive(STEPS.indexOf(stepOf(pointer)));
  };
  if ('states' in creation) return <Uploading creation={creation} retry={() => void retryUploads()} />;
  const step = { draft, change, faults };
  return (
    <SpaceBetween size="l">
      {error !== undefined && <ProblemAlert error={error} />}
      <Wizard
        activeStepIndex={active}
        onNavigate={({ detail }) => goTo(detail.requestedStepIndex)}
        onCancel={() => (draft === EMPTY_DRAFT ? leave() : setLeaving(true))}
        onSubmit={() => void submit()}
        submitButtonText="Create agent"
        isLoadingNextStep={creation.phase === 'sending'}
        i18nStrings={WORDS}
        steps={[
          { title: 'Basics', content: <BasicsStep {...step} /> },
          { title: 'SOP', content: <SopStep {...step} /> },
          { title: 'Files', isOptional: true, content: <FilesStep {...step} /> },
          { title: 'Channels', isOptional: true, content: <ChannelsStep {...step} /> },
          {
            title: 'Review',
            content: <ReviewStep draft={draft} onEdit={(name: StepName) => goTo(STEPS.indexOf(name))} />,
          },
        ]}
      />
      {isLeaving && (
        <Confirm title="Discard this draft?" action="Discard" onAnswer={(yes) => (yes ? leave() : setLeaving(false))}>
          What you have written and chosen for this agent is lost.
        </Confirm>
      )}
    </SpaceBetween>
  );
}

interface UploadingProps {
  readonly creation: Extract<Creation, { readonly agentId: string }>;
  readonly retry: () => void;
}

function Uploading({ creation: { phase, agentId, states }, retry }: UploadingProps) {
  return (
    <Container header={<Header variant="h1">Uploading files</Header>}>
      <SpaceBetween size="l">
        {phase === 'upload-failed' ? (
          <Alert type="error" header="Some files were not uploaded" action={<Button onClick={retry}>Try again</Button>}>
            The agent waits for them for an hour. <AppLink href={`/agents/${agentId}`}>Go to the agent</AppLink>
          </Alert>
        ) : (
          <Box variant="p">Provisioning begins when the last one has arrived. Keep this tab open until then.</Box>
        )}
        <UploadList states={states} />
      </SpaceBetween>
    </Container>
  );
}

const WORDS = {
  stepNumberLabel: (step: number) => `Step ${step}`,
  collapsedStepsLabel: (step: number, count: number) => `Step ${step} of ${count}`,
  skipToButtonLabel: ({ title }: { readonly title: string }) => `Skip to ${title}`,
  navigationAriaLabel: 'Steps',
  cancelButton: 'Cancel',
  previousButton: 'Back',
  nextButton: 'Next',
  optional: 'optional',
};

import {
  PROVISIONING_STEPS,
  type Provisioning,
  type ProvisioningStep,
  type StepProgress,
} from '../provisioning/provisioning.ts';

/**
 * Steps that only mean something together: a failed ingestion needs a new ingestion job, rejected code needs a new
 * attempt of the AgentCreator, a runtime that never got ready needs a new deployment, and the channels of a first
 * version that could not be activated were given back.
 */
const STAGES: readonly (readonly ProvisioningStep[])[] = [
  ['ProvisionKnowledgeBase', 'CheckIngestion'],
  ['InvokeAgentCreator', 'CheckCode'],
  ['DeployAgentCore', 'CheckRuntime'],
  ['PlanChannels', 'DeployChannels', 'ActivateAgent'],
];

export interface Resumption {
  /** The first step not done. */
  readonly resumeFrom: ProvisioningStep;
  /** Progress of the stages that are done, kept on the row: their results are used again. */
  readonly steps: Readonly<Record<string, StepProgress>>;
}

/** Where a failed run goes on. */
export const resumptionOf = ({ steps }: Pick<Provisioning, 'steps'>): Resumption => {
  const isDone = (stage: readonly ProvisioningStep[]): boolean =>
    stage.every((step) => steps[step]?.status === 'succeeded');
  const kept = STAGES.filter(isDone).flat();
  const first = PROVISIONING_STEPS.find((step) => !kept.includes(step)) ?? 'PlanChannels';
  const keptSteps = kept.flatMap((step): [string, StepProgress][] => {
    const progress = steps[step];
    return progress === undefined ? [] : [[step, progress]];
  });
  return { resumeFrom: first, steps: Object.fromEntries(keptSteps) };
};

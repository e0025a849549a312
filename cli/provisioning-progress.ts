import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerOf, OratioClient, UploadProgress } from '../client/index.ts';
import { FailedError } from './exit-codes.ts';
import type { Io } from './io.ts';
import type { ProgressItem } from './terminal/progress.ts';
import { progressOn } from './terminal/progress.ts';
import { ofBytes, ofMs } from './terminal/words.ts';

type Agent = AnswerOf<'getAgent'>;
type Step = Agent['provisioning']['steps'][number];

const TITLES: Readonly<Partial<Record<string, string>> & Record<Step['step'], string>> = {
  ProvisionKnowledgeBase: 'Make the knowledge base',
  CheckIngestion: 'Read the documents',
  InvokeAgentCreator: 'Hand the SOP to the AgentCreator',
  CheckCode: 'Check the generated code',
  DeployAgentCore: 'Deploy to AgentCore',
  CheckRuntime: 'Wait for the runtime',
  PlanChannels: 'Plan the channels',
  DeployChannels: 'Bring the channels up',
  ActivateAgent: 'Activate the agent',
};

/** How far an upload is, as it is told. */
export function uploadItem({ path, sentBytes, totalBytes, isDone }: UploadProgress): ProgressItem {
  return {
    key: `upload/${path}`,
    label: `Upload ${path}`,
    status: isDone ? 'done' : 'running',
    note: isDone ? ofBytes(totalBytes) : `${ofBytes(sentBytes)} of ${ofBytes(totalBytes)}`,
    share: totalBytes === 0 ? 1 : sentBytes / totalBytes,
  };
}

/** A step of a run, as it is told. */
export function stepItem(step: Step, nowMs: number): ProgressItem {
  const { attempt, startedAtMs, endedAtMs, detail } = step;
  const title = `${TITLES[step.step] ?? step.step}${attempt > 1 ? ` (attempt ${attempt})` : ''}`;
  const took = ofMs(Math.max(0, (endedAtMs ?? nowMs) - startedAtMs));
  return {
    key: `${step.step}/${attempt}`,
    label: title,
    status: step.status === 'succeeded' ? 'done' : step.status,
    note: detail === undefined ? took : `${took} – ${detail}`,
  };
}

const LOOK_EVERY_MS = 1_000;
const RUNNING: readonly string[] = ['creating', 'updating', 'deleting'];

interface Watching {
  readonly io: Io;
  readonly client: OratioClient;
  readonly agentId: string;
}

/**
 * Tells on stderr how the newest run goes until it is over, and gives the agent as it is then. Throws `FailedError` with
 * the reason when the run failed.
 */
export async function waitForRun({ io, client, agentId }: Watching): Promise<Agent> {
  const progress = progressOn(io);
  let etag: string | undefined;
  let agent: Agent | undefined;
  try {
    for (;;) {
      const input = { path: { agentId }, signal: io.signal };
      const answer = await client.callIfChanged('getAgent', etag, input);
      agent = answer?.data ?? agent;
      etag = answer?.etag ?? etag;
      if (agent) progress.tell(agent.provisioning.steps.map((step) => stepItem(step, io.nowMs())));
      if (agent && !RUNNING.includes(agent.status)) break;
      await sleep(LOOK_EVERY_MS, undefined, { signal: io.signal });
    }
  } finally {
    progress.end();
  }
  if (agent.status === 'failed' || agent.provisioning.status === 'failed') throw new FailedError(reasonOf(agent));
  return agent;
}

function reasonOf({ agentName, statusReason }: Agent): string {
  if (statusReason === null) return `"${agentName}" failed.`;
  const at = statusReason.step === undefined ? '' : ` at ${TITLES[statusReason.step] ?? statusReason.step}`;
  return `"${agentName}" failed${at}: ${statusReason.message} (${statusReason.code})`;
}

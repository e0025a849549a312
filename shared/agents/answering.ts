import { type ProblemError, problem } from '../kernel/problems.ts';
import type { Agent, AgentRuntimeRecord, RestingStatus } from './agent.ts';

/** What an agent does with what comes in, whichever way it comes. */
export type Answering =
  | { readonly answers: true }
  /** Whoever asks is told `notice`, and nothing is asked of the agent. */
  | { readonly answers: false; readonly reason: 'paused'; readonly notice: string }
  | { readonly answers: false; readonly reason: 'stopped' | 'gone' | 'not-ready' };

type Asked = Pick<Agent, 'status' | 'restsIn' | 'activeVersion' | 'runtime' | 'notices' | 'character'>;

/** Whether an agent answers: every channel asks this. No agent at all, or one being deleted, is `gone`. */
export const answeringOf = (agent: Asked | undefined): Answering => {
  if (agent === undefined || agent.status === 'deleting') return { answers: false, reason: 'gone' };
  if (agent.activeVersion === undefined || agent.runtime === undefined) return { answers: false, reason: 'not-ready' };
  const standing = standingOf(agent);
  if (standing === 'paused') return { answers: false, reason: 'paused', notice: pausedNoticeOf(agent) };
  return standing === 'stopped' ? { answers: false, reason: 'stopped' } : { answers: true };
};

/** The refusal for whoever can be given none but a refusal; undefined where the agent answers. */
export const refusalOf = (agent: Asked): ProblemError | undefined => {
  const answering = answeringOf(agent);
  if (answering.answers) return undefined;
  if (answering.reason === 'paused') return problem('agent-paused', answering.notice);
  if (answering.reason === 'stopped') return problem('agent-stopped', 'Its owner has stopped it.');
  return notReady(agent);
};

/** The runtime of an agent that answers. Throws what `refusalOf` says otherwise. */
export const answeringRuntime = (agent: Asked): AgentRuntimeRecord => {
  const refusal = refusalOf(agent);
  if (refusal !== undefined || agent.runtime === undefined) throw refusal ?? notReady(agent);
  return agent.runtime;
};

const notReady = ({ status }: Pick<Agent, 'status'>): ProblemError =>
  problem('agent-not-ready', `The agent is "${status}" and has no version that could answer.`, {
    retryAfterSeconds: 5,
  });

/** What its owner wants an agent to do; holds while a new version is built, too. */
export const standingOf = ({ status, restsIn }: Pick<Agent, 'status' | 'restsIn'>): RestingStatus => {
  if (status === 'paused' || status === 'stopped') return status;
  return restsIn ?? 'active';
};

/** What customers are told while it is paused, unless its owner has said so in other words. */
export const pausedNoticeOf = ({ notices, character }: Pick<Agent, 'notices' | 'character'>): string =>
  notices?.paused ??
  `Thank you for contacting ${character?.businessName ?? 'us'}. We cannot answer at the moment; please try again later.`;

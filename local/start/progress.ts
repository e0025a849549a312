import pc from 'picocolors';
import type { AgentView, StepView } from './api-client.ts';

const TITLES: Readonly<Record<string, string>> = {
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

const title = (step: StepView): string => TITLES[step.step] ?? step.step;
const attempt = (step: StepView): string => (step.attempt > 1 ? pc.yellow(` (attempt ${step.attempt})`) : '');
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function line(step: StepView): string {
  const took = step.endedAtMs === undefined ? '' : pc.dim(` ${seconds(step.endedAtMs - step.startedAtMs)}`);
  const detail = step.detail ? pc.dim(` – ${step.detail}`) : '';
  if (step.status === 'running') return `  ${pc.cyan('▸')} ${title(step)} …${attempt(step)}`;
  if (step.status === 'succeeded') return `  ${pc.green('✓')} ${title(step)}${attempt(step)}${took}${detail}`;
  return `  ${pc.red('✗')} ${title(step)}${attempt(step)}${took}${detail}`;
}

/** Turns successive readings of an agent into one line per start and per end of a step, each printed once. */
export function progressLines(): (agent: AgentView) => string[] {
  const printed = new Set<string>();
  const once = (key: string, text: string): string[] => {
    if (printed.has(key)) return [];
    printed.add(key);
    return [text];
  };
  return (agent) =>
    agent.provisioning.steps.flatMap((step) => {
      const key = `${step.step}/${step.attempt}`;
      const started = once(`${key}/start`, line({ ...step, status: 'running' }));
      return step.status === 'running' ? started : [...started, ...once(`${key}/${step.status}`, line(step))];
    });
}

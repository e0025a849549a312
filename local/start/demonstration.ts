import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pc from 'picocolors';
import type { AgentView, AnswerView, ApiClient } from './api-client.ts';
import type { Example } from './example.ts';
import { progressLines } from './progress.ts';

type Print = (line: string) => void;

/** Where the example's agent is remembered, so that a later start asks that one and not another of the same owner. */
const memory = (dataDir: string): string => join(dataDir, 'example-agent.json');

function rememberedAgent(dataDir: string): string | undefined {
  if (!existsSync(memory(dataDir))) return undefined;
  return (JSON.parse(readFileSync(memory(dataDir), 'utf8')) as { agentId: string }).agentId;
}

async function makeOrResume(api: ApiClient, example: Example, dataDir: string, print: Print): Promise<string> {
  const remembered = rememberedAgent(dataDir);
  const known = remembered === undefined ? undefined : await api.findAgent(remembered);
  if (known?.status === 'failed') {
    print(`\n${pc.bold(`Retrying "${example.name}"`)} from the first step not done`);
    await api.retryAgent(known.agentId);
  }
  if (known !== undefined) return known.agentId;
  print(`\n${pc.bold(`Creating "${example.name}"`)} from its SOP and documents`);
  const { agentId } = await api.createAgent(example.form, `example-${randomUUID()}`);
  writeFileSync(memory(dataDir), JSON.stringify({ agentId }));
  return agentId;
}

/**
 * The example's agent, active: that of an earlier start, or made now with one printed line per start and end of a step.
 * Throws when the run fails.
 */
export async function exampleAgent(
  api: ApiClient,
  example: Example,
  dataDir: string,
  print: Print,
): Promise<AgentView> {
  const agentId = await makeOrResume(api, example, dataDir, print);
  const lines = progressLines();
  for (let isFirst = true; ; isFirst = false) {
    const agent = await api.getAgent(agentId);
    if (agent.status === 'active' && isFirst) return agent;
    for (const line of lines(agent)) print(line);
    if (agent.status === 'active') return agent;
    if (agent.status === 'failed') {
      throw new Error(`The agent failed: ${agent.statusReason?.message ?? 'no reason was recorded'}`);
    }
    await sleep(200);
  }
}

function printAnswer(question: string, answer: AnswerView, print: Print): void {
  print(`\n${pc.bold('Q')} ${question}`);
  print(`${pc.bold('A')} ${answer.answer}`);
  for (const citation of answer.citations) print(pc.dim(`    [${citation.marker}] ${citation.path}`));
  const tools = answer.toolCalls.map((tool) => `${tool.name} (${tool.status}, ${tool.durationMs} ms)`);
  print(pc.dim(`    tools: ${tools.length > 0 ? tools.join(', ') : 'none'}`));
  if (answer.handoff) print(pc.dim(`    handed off: ${answer.handoff.reason}`));
}

/** Asks each question and prints the answer with citations and tools. Returns whether each was answered from a document. */
export async function askQuestions(
  api: ApiClient,
  agentId: string,
  questions: readonly string[],
  print: Print,
): Promise<boolean> {
  let answered = true;
  for (const question of questions) {
    const answer = await api.sendMessage(agentId, question);
    printAnswer(question, answer, print);
    answered &&= answer.answer.length > 0 && answer.citations.length > 0;
  }
  return answered;
}

import { setTimeout as sleep } from 'node:timers/promises';
import pc from 'picocolors';
import type { AgentView, AnswerView, ApiClient } from './api-client.ts';
import type { Example } from './example.ts';
import { progressLines } from './progress.ts';

type Print = (line: string) => void;

/** Creates the example agent and follows its run; one printed line per start and end of a step. Throws when the run fails. */
export async function createExampleAgent(api: ApiClient, example: Example, print: Print): Promise<AgentView> {
  print(`\n${pc.bold(`Creating "${example.name}"`)} from its SOP and documents`);
  const { agentId } = await api.createAgent(example.form, `example-${example.name}`);
  const lines = progressLines();
  for (;;) {
    const agent = await api.getAgent(agentId);
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

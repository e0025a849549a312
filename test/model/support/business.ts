import { compileFunction } from 'node:vm';
import { BedrockAgentRuntimeClient } from '@aws-sdk/client-bedrock-agent-runtime';
import { BedrockModel } from '@strands-agents/sdk/models/bedrock';
import ts from 'typescript';
import { describedFiles } from '../../../agentkit/creator/build-agent.ts';
import { renderAgentFile } from '../../../agentkit/creator/render-agent-file.ts';
import { MAX_PROMPT_CHARACTERS, renderPrompt } from '../../../agentkit/creator/render-prompt.ts';
import { keepEveryClause } from '../../../agentkit/creator/specification.ts';
import { specify } from '../../../agentkit/creator/specify.ts';
import * as kit from '../../../agentkit/kit/index.ts';
import { answerMessage } from '../../../agentkit/runtime/answer-message.ts';
import { bedrockKnowledge } from '../../../agentkit/runtime/knowledge.ts';
import type { FolderFileDescriptions } from '../../../shared/knowledge/knowledge-base.ts';
import type { AgentAnswer, Turn } from '../../../shared/messages/message.ts';
import { splitIntoClauses } from '../../../shared/sop/clauses.ts';
import { type Documents, startBedrock } from './bedrock-server.ts';

export interface Business {
  readonly name: string;
  readonly sop: string;
  readonly documents: Documents;
  readonly descriptions?: FolderFileDescriptions;
  readonly knowledgeDescription?: string;
  readonly handoffDescription?: string;
}

export interface Conversation {
  readonly say: (text: string) => Promise<AgentAnswer>;
}

export interface OpenBusiness {
  /** A new conversation; each turn carries the history before it. */
  readonly conversation: () => Conversation;
  readonly prompt: string;
  readonly agentFile: string;
  readonly definition: kit.AgentDefinition;
  readonly close: () => Promise<void>;
}

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

/** Runs `agent_file.ts` the way the host does: transpiled, with the kit as its only import. */
function loadDefinition(agentFile: string): kit.AgentDefinition {
  const { outputText } = ts.transpileModule(agentFile, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const exported: { agent?: kit.AgentDefinition } = {};
  compileFunction(outputText, ['exports', 'require'])(exported, () => kit);
  if (exported.agent === undefined) throw new Error('The agent file exports no agent.');
  return exported.agent;
}

/** Builds an agent from an SOP with the extractive engine and opens it for questions. */
export async function openBusiness(
  business: Business,
  now = Date.parse('2026-11-21T09:00:00Z'),
): Promise<OpenBusiness> {
  const keyPrefix = 'user/agent/';
  const server = await startBedrock(business.documents, { keyPrefix });
  const client = { endpoint: server.url, region: 'us-east-1', credentials: CREDENTIALS };
  const model = new BedrockModel({ modelId: 'test', region: 'us-east-1', stream: false, clientConfig: client });
  const options = {
    agentName: business.name,
    knowledgeDescription: business.knowledgeDescription ?? 'Facts about us, our prices and our terms.',
    handoffDescription: business.handoffDescription ?? 'When the customer asks for a person.',
  };
  const files = describedFiles(business.descriptions ?? {});
  const clauses = splitIntoClauses(business.sop);
  const drawn = await specify(model, { ...options, clauses, files, findings: [] }, AbortSignal.timeout(30_000));
  const specification = keepEveryClause(drawn, clauses);
  const prompt = renderPrompt(specification, { ...options, maxCharacters: MAX_PROMPT_CHARACTERS });
  const agentFile = renderAgentFile(specification, clauses, options);
  const definition = loadDefinition(agentFile);
  const answer = answerMessage({
    agent: { definition, prompt, files, agentType: 'both' },
    modelOf: () => model,
    search: bedrockKnowledge({
      client: new BedrockAgentRuntimeClient(client),
      knowledgeBaseId: 'KB12345678',
      filter: undefined,
      keyPrefix,
      files,
    }),
    now: () => now,
    monotonicMs: () => 0,
  });
  return { conversation: () => converseWith(answer), prompt, agentFile, definition, close: server.close };
}

function converseWith(answer: ReturnType<typeof answerMessage>): Conversation {
  const history: Turn[] = [];
  return {
    say: async (text) => {
      const said = await answer(
        { type: 'message', sessionId: 'session', text, history: [...history] },
        new AbortController().signal,
      );
      history.push({ role: 'user', text }, { role: 'assistant', text: said.answer });
      return said;
    },
  };
}

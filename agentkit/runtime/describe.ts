import type { AgentSelf } from '../../shared/voice/session/agent-brain.ts';
import { VOICE_TOOLS } from '../../shared/voice/session/tool-names.ts';
import type { AgentDefinition, ToolDefinition } from '../kit/index.ts';
import type { LoadedAgent } from './load-agent.ts';

/** Topics go into the description of a tool, which the model reads with each turn. */
const MAX_TOPICS = 20;
const MAX_TOPIC_CHARACTERS = 120;

/** What an agent tells about itself before a call. */
export const describeAgent = ({ definition, prompt, files }: LoadedAgent, agentVersion: number): AgentSelf => ({
  prompt: callPrompt(prompt, definition),
  greeting: definition.greeting.text,
  agentName: definition.name,
  agentVersion,
  topics: [
    ...definition.tools.filter((tool) => isProcedure(tool)).map((tool) => tool.description),
    ...files.map((file) => file.description),
  ]
    .map((topic) => topic.replace(/\s+/g, ' ').trim().slice(0, MAX_TOPIC_CHARACTERS))
    .filter((topic) => topic !== '')
    .slice(0, MAX_TOPICS),
});

/** Names that the AgentCreator gives the two tools that every agent has. */
const SEARCH = 'search_knowledge';
const HAND_OFF = 'hand_off_to_human';

const isProcedure = ({ name }: ToolDefinition): boolean => name !== SEARCH && name !== HAND_OFF;

const CLAUSE_CODES = /\s?\(c\d{1,5}(?:, ?c\d{1,5})*\)/g;
const ABOUT_CODES = /^Codes in parentheses such as c1 .*$\n?/m;

/**
 * `prompt.md` for a call: its procedures are behind `askAgent`, so their names would send the model to tools it does
 * not have; clause codes are for readers and cost a speech model tokens and, now and then, a slip of the tongue.
 */
function callPrompt(prompt: string, { tools }: AgentDefinition): string {
  const renamed = new Map<string, string>([
    ...tools.map((tool) => [tool.name, VOICE_TOOLS.askAgent] as const),
    [SEARCH, VOICE_TOOLS.searchKnowledge],
    [HAND_OFF, VOICE_TOOLS.handoffToHuman],
  ]);
  return prompt
    .replace(ABOUT_CODES, '')
    .replace(CLAUSE_CODES, '')
    .replace(/\bthe tool ([a-z][a-z0-9_]{0,31})\b/g, (whole, name: string) => {
      const spoken = renamed.get(name);
      return spoken === undefined ? whole : `the tool ${spoken}`;
    });
}

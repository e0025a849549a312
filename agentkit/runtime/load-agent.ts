import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import type { AgentDefinition } from '../kit/index.ts';

/** What the host reads of `spec.json`. */
const SpecOnDisk = z.object({
  agentType: z.enum(['voice', 'text', 'both']).default('both'),
  files: z.array(z.object({ path: z.string(), description: z.string() })).default([]),
});

export interface LoadedAgent {
  readonly definition: AgentDefinition;
  /** `prompt.md` */
  readonly prompt: string;
  readonly files: readonly { readonly path: string; readonly description: string }[];
  readonly agentType: 'voice' | 'text' | 'both';
}

/**
 * Reads the generated agent that lies beside `main.js`.
 * @throws when a file is missing or `agent_file.mjs` does not export `agent`; the runtime must not come up then.
 */
export async function loadAgent(directory: string): Promise<LoadedAgent> {
  const [module, prompt, spec] = await Promise.all([
    import(pathToFileURL(join(directory, 'agent_file.mjs')).href) as Promise<{ agent?: AgentDefinition }>,
    readFile(join(directory, 'prompt.md'), 'utf8'),
    readFile(join(directory, 'spec.json'), 'utf8'),
  ]);
  if (module.agent === undefined) throw new Error('agent_file.mjs does not export "agent".');
  return { definition: module.agent, prompt, ...SpecOnDisk.parse(JSON.parse(spec)) };
}

import {
  BedrockAgentCoreClient,
  InvokeAgentRuntimeCommand,
  StopRuntimeSessionCommand,
} from '@aws-sdk/client-bedrock-agentcore';
import * as z from 'zod';
import { type AgentCreator, AgentCreatorUnavailable } from './agent-creator.ts';
import { ignoring } from './aws-errors.ts';

/** The endpoint that follows the newest version of the AgentCreator. */
const QUALIFIER = 'DEFAULT';

const Accepted = z.object({ accepted: z.literal(true), buildId: z.string() });

/** The AgentCreator in AgentCore; each build has a session of its own, named by its id (more than AgentCore's 33 characters). */
export const agentCoreAgentCreator = (
  { AGENT_CREATOR_RUNTIME_ARN: agentRuntimeArn }: { readonly AGENT_CREATOR_RUNTIME_ARN: string },
  client = new BedrockAgentCoreClient({}),
): AgentCreator => ({
  startBuild: async (request) => {
    const answer = await client.send(
      new InvokeAgentRuntimeCommand({
        agentRuntimeArn,
        qualifier: QUALIFIER,
        runtimeSessionId: request.buildId,
        contentType: 'application/json',
        accept: 'application/json',
        payload: Buffer.from(JSON.stringify(request)),
      }),
    );
    const accepted = Accepted.safeParse(jsonOf(await answer.response?.transformToString()));
    if (!accepted.success || accepted.data.buildId !== request.buildId) {
      throw new AgentCreatorUnavailable('The AgentCreator did not accept the build.');
    }
  },
  stopBuild: async (runtimeSessionId) => {
    const command = new StopRuntimeSessionCommand({ agentRuntimeArn, qualifier: QUALIFIER, runtimeSessionId });
    await ignoring('ResourceNotFoundException', client.send(command));
  },
});

const jsonOf = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
};

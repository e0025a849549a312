import type { CreateAgentBody } from '../agents/agent-requests.ts';
import { type CreateAgentDeps, CreateAgentEnv, createAgent } from '../agents/create-agent.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { AgentId } from '../kernel/ids.ts';
import { problem } from '../kernel/problems.ts';
import { channelInOurForm, type ProvisionAgentBody } from './onboarding-requests.ts';
import { provisioningId } from './provisioning-id.ts';

export const OnboardAgentEnv = CreateAgentEnv;

type Request = RequestOf<'provisionAgent'>;

/** The first run of an agent. */
const FIRST_RUN = 1;

/**
 * Makes an agent the documented engine's way: what `createAgent` does, in other words. Throws `vendor-mismatch` for a
 * vendor who is not the caller.
 */
export const provisionAgent =
  (deps: CreateAgentDeps) =>
  async (request: Request): Promise<ApiAnswer> => {
    if (request.body.vendor_id !== request.userId) {
      const errors = [
        { pointer: '/vendor_id', message: 'Not the tenant of the token.', code: 'vendor-mismatch' },
      ] as const;
      throw problem('vendor-mismatch', 'The vendor_id must be the tenant of the token.', { errors });
    }
    const { headers, body, ...answer } = await createAgent(
      deps,
      'provisionAgent',
    )({
      ...request,
      body: inOurForm(request.body),
    });
    const { agentId, status } = body as { readonly agentId: string; readonly status: string };
    const id = provisioningId({ agentId: AgentId.parse(agentId), run: FIRST_RUN });
    return {
      ...answer,
      headers: { ...headers, location: `${request.basePath}/provisionings/${id}` },
      body: { provisioning_id: id, status: status === 'failed' ? 'failed' : 'pending', agent_id: agentId },
    };
  };

/** An agent with a telephone number speaks, every other one writes. */
const inOurForm = ({ agent_config: config }: ProvisionAgentBody): CreateAgentBody => {
  const channels = config.channels.map(channelInOurForm);
  const character = config.character_config;
  return {
    agentName: config.name,
    agentType: channels.some(({ channelType }) => channelType === 'voice') ? 'both' : 'text',
    description: config.description,
    businessType: config.business_type,
    channels,
    characterConfig: character && {
      businessName: character.business_name,
      products: character.products,
      specialties: character.specialties,
      tone: character.tone,
      knowledgeBase: character.knowledge_base,
    },
    context: config.context,
    sop: config.sop,
    replyEngine: config.reply_engine,
    pausedNotice: config.paused_notice,
    knowledgeBaseDescription: '',
    humanHandoffDescription: '',
    files: [],
  };
};

import type { Agent } from '../../../shared/agents/agent.ts';
import type { AgentId, UserId } from '../../../shared/kernel/ids.ts';

export const AGENT_ID = '019a5c1e-7d00-7a3b-8000-000000000001' as AgentId;
export const OTHER_AGENT_ID = '019a5c1e-7d00-7a3b-8000-000000000002' as AgentId;

/** The bedding store's agent, as its row is; `change` says what matters to the test. */
export const beddingAgent = (change: Partial<Agent> = {}): Agent => ({
  userId: 'ann' as UserId,
  agentId: AGENT_ID,
  agentName: 'Cozy Comfort Bedding Agent',
  agentType: 'both',
  status: 'active',
  sop: '1. Greet the customer.\n2. Returns are accepted for 30 days.',
  description: 'Answers questions about bedding.',
  businessType: 'retail',
  character: {
    businessName: 'Cozy Comfort Bedding',
    products: ['bedding_sets', 'pillows'],
    specialties: ['sleep_products'],
    tone: 'friendly_helpful',
    knowledgeBase: { return_policy: '30-day returns' },
  },
  businessContext: { store_hours: '9 AM - 6 PM EST' },
  replyEngine: 'elizaos',
  knowledgeBaseId: '019a5c1e-7d00-7a3b-8000-00000000000b' as Agent['knowledgeBaseId'],
  knowledgeBaseDescription: 'Products',
  humanHandoffDescription: 'the customer wants a person',
  version: 1,
  activeVersion: 1,
  provisioning: { run: 1, attempt: 1, status: 'succeeded', steps: {} } as unknown as Agent['provisioning'],
  revision: 1,
  createdAt: 1,
  updatedAt: 1,
  ...change,
});

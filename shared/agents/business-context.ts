import type { AgentContext } from '../customers/customer-memory.ts';
import type { Agent } from './agent.ts';

type Described = Pick<Agent, 'description' | 'businessType' | 'character' | 'businessContext'>;

/**
 * What an agent is told about the business it answers for, on every channel; undefined where nothing is known. What the
 * owner wrote into the context comes under its own names, and last.
 */
export const businessOf = (agent: Described): AgentContext['business'] => {
  const { description, businessType, character, businessContext } = agent;
  const business = {
    ...(description === undefined ? {} : { description }),
    ...(businessType === undefined ? {} : { businessType }),
    ...character,
    ...businessContext,
  };
  return Object.keys(business).length === 0 ? undefined : business;
};

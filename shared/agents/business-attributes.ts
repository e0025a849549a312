import type { Agent } from './agent.ts';
import type { CreateAgentBody } from './agent-requests.ts';

/** What a request may say of the business, as the agent's row keeps it. */
export type BusinessAttributes = Pick<
  Agent,
  'description' | 'businessType' | 'character' | 'businessContext' | 'replyEngine' | 'notices'
>;

type Said = Partial<
  Pick<CreateAgentBody, 'description' | 'businessType' | 'characterConfig' | 'context' | 'replyEngine' | 'pausedNotice'>
>;

/** The attributes that a request names; what it does not name is absent. */
export const businessAttributes = (body: Said): BusinessAttributes => {
  const { description, businessType, characterConfig, context, replyEngine, pausedNotice } = body;
  return {
    ...(description === undefined ? {} : { description }),
    ...(businessType === undefined ? {} : { businessType }),
    ...(characterConfig === undefined ? {} : { character: characterConfig }),
    ...(context === undefined ? {} : { businessContext: context }),
    ...(replyEngine === undefined ? {} : { replyEngine }),
    ...(pausedNotice === undefined ? {} : { notices: { paused: pausedNotice } }),
  };
};

/** The same for a request that says all there is: what it does not name is to go. */
export const allBusinessAttributes = (
  body: Said,
): { readonly [Name in keyof BusinessAttributes]-?: NonNullable<BusinessAttributes[Name]> | null } => {
  const { description = null, businessType = null, character = null } = businessAttributes(body);
  const { businessContext = null, replyEngine = null, notices = null } = businessAttributes(body);
  return { description, businessType, character, businessContext, replyEngine, notices };
};

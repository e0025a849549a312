import * as z from 'zod';
import type { AgentContext } from '../customers/customer-memory.ts';

const Templates = z.record(z.string(), z.string());

/** Where an agent's context names the words its business prefers, by occasion: `greeting`, `order_status`, … */
const NAME = 'responseTemplates';

/** The context of a message with the templates of its channel, for whoever finds the words. */
export const withTemplates = (context: AgentContext, templates: Readonly<Record<string, string>>): AgentContext =>
  Object.keys(templates).length === 0 ? context : { ...context, business: { ...context.business, [NAME]: templates } };

/** The templates that a context was given. */
export const templatesIn = ({ business }: AgentContext): Readonly<Record<string, string>> =>
  Templates.safeParse(business?.[NAME]).data ?? {};

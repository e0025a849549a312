import { CurrentAgentView, ProviderHeardView, ProvidersView } from '../providers/provider-views.ts';
import { BODY_PROBLEMS, type OperationDocs, PROVIDER_PROBLEMS } from './documented-operation.ts';
import type { OperationId } from './operations.ts';

/** What people read about providers and the default agent. */
export const PROVIDER_OPERATION_DOCS = {
  getProviders: {
    headers: ['If-None-Match'],
    summary: 'Read whose services an agent thinks, speaks and hears with',
    responses: {
      200: { description: 'What is in force; of keys the last four characters.', schema: ProvidersView },
      304: { description: 'The copy you have is still good.' },
    },
    problems: ['agent-not-found'],
  },
  putProviders: {
    headers: ['If-Match'],
    summary: 'Say whose services an agent thinks, speaks and hears with, from the next turn on',
    responses: { 200: { description: 'As it is now.', schema: ProvidersView } },
    problems: [...BODY_PROBLEMS, 'agent-not-found', 'agent-busy', 'precondition-failed', 'unsafe-address'],
  },
  testProvider: {
    summary: 'Speak to a provider, and say what was heard',
    responses: { 200: { description: 'It does what it should.', schema: ProviderHeardView } },
    problems: [...BODY_PROBLEMS, 'agent-not-found', ...PROVIDER_PROBLEMS],
  },
  setDefaultAgent: {
    summary: 'Make this agent your default one; the one before is it no longer',
    responses: { 200: { description: 'It is.', schema: CurrentAgentView } },
    problems: ['agent-not-found', 'agent-busy'],
  },
  getCurrentAgent: {
    summary: 'Your default agent, or the newest; a user without any is made a first one',
    responses: {
      200: { description: 'The agent.', schema: CurrentAgentView },
      202: { description: 'Your first agent: its provisioning has begun.', schema: CurrentAgentView },
    },
    problems: ['request-in-progress'],
  },
} as const satisfies Partial<Record<OperationId, OperationDocs>>;

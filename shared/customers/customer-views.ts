import type * as z from 'zod';
import type { ConversationEntry, Customer } from './customer.ts';
import type { CustomerDetailView, CustomerView } from './customer-view-schemas.ts';

/** A customer as a listing shows it. */
export const customerView = (customer: Customer): z.output<typeof CustomerView> => ({
  customerId: customer.customerId,
  agentId: customer.agentId,
  displayName: customer.displayName ?? null,
  identities: customer.identities.map(({ kind, value }) => ({ kind, value })),
  facts: { ...customer.facts },
  summary: customer.summary ?? null,
  entries: customer.nextEntry,
  lastChannel: customer.lastChannel ?? null,
  lastSeenAt: customer.lastSeenAt,
  createdAt: customer.createdAt,
  expiresAt: customer.expiresAt,
});

/** A customer with a page of what was said. */
export const customerDetailView = (
  customer: Customer,
  entries: readonly ConversationEntry[],
  nextCursor: string | null,
): z.output<typeof CustomerDetailView> => ({
  ...customerView(customer),
  conversation: entries.map(({ entry, channel, role, text, atMs }) => ({ entry, channel, role, text, atMs })),
  nextCursor,
});

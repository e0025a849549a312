import { type Clock, nowSeconds } from '../kernel/clock.ts';
import { problem } from '../kernel/problems.ts';
import type { Customer, CustomerKey, Identity } from './customer.ts';
import type { CustomerChange, CustomerStore, CustomerWritten } from './customer-store.ts';

export interface ChangeCustomerDeps {
  readonly store: Pick<CustomerStore, 'find' | 'write'>;
  readonly clock: Clock;
}

/** Channels write the same row meanwhile; each refusal means that one of them went through. */
const ATTEMPTS = 20;

/**
 * Decides upon the row as it is, again whenever somebody else was faster. Gives the row afterwards; undefined when the
 * customer is gone, `taken` when the identity that was decided upon stands for somebody else. `decide` gives undefined
 * where nothing is to be changed.
 */
export const changeCustomer = async (
  { store, clock }: ChangeCustomerDeps,
  key: CustomerKey,
  decide: (customer: Customer) => { readonly change: CustomerChange; readonly identity?: Identity } | undefined,
): Promise<Customer | undefined | Extract<CustomerWritten, 'taken'>> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const now = nowSeconds(clock);
    const customer = await store.find(key, now);
    const decision = customer && decide(customer);
    if (customer === undefined || decision === undefined) return customer;
    const { change, identity } = decision;
    const written = await store.write(customer, change, identity === undefined ? {} : { identity }, now);
    if (written === 'taken') return 'taken';
    if (written === 'written') return store.find(key, now);
  }
  throw problem('service-unavailable', 'The customer is being changed by others.', { retryAfterSeconds: 1 });
};

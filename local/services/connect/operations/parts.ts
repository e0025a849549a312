import type * as client from '@aws-sdk/client-connect';
import type { Handlers } from '../../../core/schema-service.ts';
import type { CloudContext } from '../../../core/service.ts';
import type { ConnectStore } from '../connect-store.ts';
import type { ContactDesk } from '../contacts/contact-desk.ts';
import type { ConnectLatencies, ConnectLimits } from '../limits.ts';

/** What the operations of Amazon Connect work with. */
export interface ConnectParts {
  readonly context: CloudContext;
  readonly store: ConnectStore;
  readonly limits: ConnectLimits;
  readonly latencies: ConnectLatencies;
  readonly desk: ContactDesk;
}

export type ConnectHandlers = Handlers<typeof client>;

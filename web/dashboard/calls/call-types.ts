import type * as z from 'zod';
import type { CallSummaryView, CallView } from '../../../shared/calls/call-view-schemas.ts';

/** A call as `GET /calls` lists it. */
export type CallRow = z.output<typeof CallSummaryView>;

/** A call as `GET /calls/{callId}` tells it. */
export type CallRecord = z.output<typeof CallView>;

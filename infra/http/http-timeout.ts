import { seconds } from '../kernel/oratio-function.ts';

/** An HTTP API gives up after 30 s (its quota), so a function that answers one needs no more. */
export const HTTP_TIMEOUT = seconds(29);

import { seconds } from '../kernel/oratio-function.ts';

/** Steps write a whole run's files or bundle an agent: well above what they take, far below Lambda's 15 minutes. */
export const STEP_TIMEOUT = seconds(120);

import type { Log } from '../kernel/log.ts';

/** Keeps ECS from stopping this task while somebody speaks on it (ECS docs, "Task scale-in protection endpoint"). */
export interface TaskProtection {
  /** To be told whenever a call begins or ends, and now and then meanwhile. */
  readonly calls: (active: number) => void;
}

export interface TaskProtectionDeps {
  /** `$ECS_AGENT_URI`; without it there is nobody to tell. */
  readonly agentUri: string | undefined;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly log: Log;
}

/** A protection ends by itself, should this process not live to end it. */
const PROTECTED_MINUTES = 60;
const RENEW_AFTER_MS = 20 * 60_000;

/** Protects from scale-in and deployments as long as there are calls; a failure is only told: SIGTERM still drains. */
export const taskProtection = ({ agentUri, fetch: send, now, log }: TaskProtectionDeps): TaskProtection => {
  let protectedAtMs: number | undefined;
  let asking: Promise<void> = Promise.resolve();
  const ask = async (body: object): Promise<void> => {
    try {
      const response = await send(`${agentUri}/task-protection/v1/state`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(5000),
      });
      if (!response.ok) throw new Error(`The ECS agent answered ${response.status}.`);
    } catch (error) {
      log('media.task.not-protected', {}, error);
    }
  };
  const put = (body: object): void => {
    asking = asking.then(() => ask(body));
  };
  return {
    calls: (active) => {
      if (agentUri === undefined) return;
      if (active === 0 && protectedAtMs !== undefined) {
        protectedAtMs = undefined;
        put({ ProtectionEnabled: false });
      } else if (active > 0 && now() - (protectedAtMs ?? Number.NEGATIVE_INFINITY) >= RENEW_AFTER_MS) {
        protectedAtMs = now();
        put({ ProtectionEnabled: true, ExpiresInMinutes: PROTECTED_MINUTES });
      }
    },
  };
};

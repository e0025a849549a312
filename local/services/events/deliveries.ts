import { AwsError, type CloudContext, type LambdaService } from '../../core/service.ts';
import type { Rule, Target } from './rules.ts';

/** The services that events are delivered to. */
export interface EventTargets {
  readonly lambda: Pick<LambdaService, 'invokeLater'>;
  readonly states: { readonly startExecution: (stateMachineArn: string, input: string) => void };
  readonly queues: { readonly sendMessage: (queueArn: string, body: string) => Promise<void> | void };
}

/** EventBridge's own retry policy (user guide, "Event retry policy and using dead-letter queues"). */
const DEFAULT_ATTEMPTS = 185;
const DEFAULT_AGE_SECONDS = 86_400;
const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 900_000;

interface Delivery {
  readonly target: Target;
  readonly ruleArn: string;
  readonly payload: string;
  readonly firstAtMs: number;
  readonly attempts: number;
}

export interface Deliveries {
  /** Queues the payload for the target. It is durable when this returns. */
  readonly deliver: (id: string, rule: Rule, target: Target, payload: string) => void;
  /** Goes on with what an earlier process had not delivered. */
  readonly resume: () => void;
  readonly close: () => Promise<void>;
}

export const makeDeliveries = (
  context: Pick<CloudContext, 'store' | 'clock' | 'authorizeRole' | 'log'>,
  targets: EventTargets,
): Deliveries => {
  const queue = context.store('events-delivery');
  const closing = new AbortController();
  const underWay = new Map<string, Promise<void>>();

  const attempt = async (id: string, delivery: Delivery): Promise<void> => {
    const { attempts } = delivery;
    try {
      await send(context, targets, delivery);
    } catch (error) {
      const failed = { ...delivery, attempts: attempts + 1 };
      if (isOver(failed, context.clock.now()) || isHopeless(error)) {
        return giveUp(context, targets, failed, error);
      }
      queue.put(id, failed);
      await context.clock.sleep(Math.min(FIRST_DELAY_MS * 2 ** attempts, MAX_DELAY_MS), closing.signal);
      return attempt(id, failed);
    }
  };

  const launch = (id: string, delivery: Delivery): void => {
    const work = attempt(id, delivery)
      .then(() => queue.delete(id))
      .catch((error: unknown) => {
        if (!closing.signal.aborted) context.log(`event ${id} was not delivered: ${messageOf(error)}`);
      })
      .finally(() => underWay.delete(id));
    underWay.set(id, work);
  };

  return {
    deliver: (id, rule, target, payload) => {
      const delivery = { target, ruleArn: rule.arn, payload, firstAtMs: context.clock.now(), attempts: 0 };
      queue.put(id, delivery);
      launch(id, delivery);
    },
    resume: () => {
      for (const { key, value } of queue.list<Delivery>()) if (!underWay.has(key)) launch(key, value);
    },
    close: async () => {
      closing.abort(new Error('the cloud is closing'));
      await Promise.all(underWay.values());
    },
  };
};

const send = async (
  context: Pick<CloudContext, 'authorizeRole'>,
  targets: EventTargets,
  { target, ruleArn, payload }: Delivery,
): Promise<void> => {
  const service = target.Arn.split(':')[2];
  if (service === 'lambda') {
    return targets.lambda.invokeLater(target.Arn, payload, { service: 'events.amazonaws.com', sourceArn: ruleArn });
  }
  if (service === 'sqs') return targets.queues.sendMessage(target.Arn, payload);
  if (service !== 'states') throw new AwsError('InvalidTarget', `Targets of ${service} are not served.`);
  await context.authorizeRole(target.RoleArn ?? '', [{ action: 'states:StartExecution', resource: target.Arn }]);
  targets.states.startExecution(target.Arn, payload);
};

const isOver = ({ target, attempts, firstAtMs }: Delivery, nowMs: number): boolean => {
  const { MaximumRetryAttempts = DEFAULT_ATTEMPTS, MaximumEventAgeInSeconds = DEFAULT_AGE_SECONDS } =
    target.RetryPolicy ?? {};
  return attempts > MaximumRetryAttempts || nowMs - firstAtMs > MaximumEventAgeInSeconds * 1_000;
};

/** A target that is gone or not allowed is not tried again: the event goes to the dead-letter queue at once. */
const isHopeless = (error: unknown): boolean =>
  error instanceof AwsError && /ResourceNotFound|AccessDenied|InvalidTarget|DoesNotExist/.test(error.name);

const giveUp = async (
  context: Pick<CloudContext, 'log'>,
  targets: EventTargets,
  delivery: Delivery,
  error: unknown,
): Promise<void> => {
  const queueArn = delivery.target.DeadLetterConfig?.Arn;
  context.log(`an event of ${delivery.ruleArn} could not be delivered: ${messageOf(error)}`);
  if (queueArn !== undefined) await targets.queues.sendMessage(queueArn, delivery.payload);
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

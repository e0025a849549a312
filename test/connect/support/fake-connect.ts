import { type ClaimedNumber, type ConnectApi, ConnectRefusal } from '../../../shared/connect/connect-api.ts';
import type { Flow } from '../../../shared/connect/flow/flow-language.ts';

export const SHARED = {
  instanceArn: 'arn:aws:connect:us-east-1:111122223333:instance/0f0e0d0c-1111-4222-8333-444455556666',
  hoursOfOperationArn:
    'arn:aws:connect:us-east-1:111122223333:instance/0f0e0d0c-1111-4222-8333-444455556666/operating-hours/h1',
  queueArn: 'arn:aws:connect:us-east-1:111122223333:instance/0f0e0d0c-1111-4222-8333-444455556666/queue/q1',
};

interface FakeState {
  readonly instances: Map<string, { status: 'in-progress' | 'active' | 'failed'; token: string }>;
  readonly flows: Map<string, { name: string; flow: Flow }>;
  readonly numbers: Map<string, ClaimedNumber & { token: string; flowArn?: string }>;
  readonly lambdas: Set<string>;
  readonly bots: Set<string>;
}

/** An Amazon Connect in memory that keeps to the promises of the port; `trouble` says what goes wrong, by operation. */
export const fakeConnect = (
  trouble: Partial<Record<keyof ConnectApi, readonly (Error | 'taken' | undefined)[]>> = {},
) => {
  const state: FakeState = {
    instances: new Map(),
    flows: new Map(),
    numbers: new Map(),
    lambdas: new Set(),
    bots: new Set(),
  };
  const said: string[] = [];
  const available = ['+15550100001', '+15550100002', '+15550100003'];
  const plan = new Map(Object.entries(trouble).map(([name, list]) => [name, [...list]]));
  const at = (name: keyof ConnectApi): Error | 'taken' | undefined => {
    said.push(name);
    const next = plan.get(name)?.shift();
    if (next instanceof Error) throw next;
    return next;
  };
  const claimed = (number: ClaimedNumber & { token: string }): string => {
    const known = [...state.numbers].find(([, { token }]) => token === number.token);
    if (known !== undefined) return known[0];
    const id = `number-${state.numbers.size + 1}`;
    state.numbers.set(id, number);
    return id;
  };
  const api: ConnectApi = {
    createInstance: async ({ alias, token }) => {
      at('createInstance');
      const arn = `arn:aws:connect:us-east-1:111122223333:instance/${alias}`;
      if (!state.instances.has(arn)) state.instances.set(arn, { status: 'in-progress', token });
      return arn;
    },
    describeInstance: async (arn) => {
      at('describeInstance');
      return state.instances.get(arn);
    },
    deleteInstance: async (arn) => {
      at('deleteInstance');
      state.instances.delete(arn);
    },
    defaultsOf: async (arn) => ({
      hoursOfOperationArn: `${arn}/operating-hours/basic`,
      queueArn: `${arn}/queue/basic`,
    }),
    associateLambda: async (instance, fn) => {
      at('associateLambda');
      state.lambdas.add(`${instance} ${fn}`);
    },
    associateBot: async (instance, bot) => {
      at('associateBot');
      state.bots.add(`${instance} ${bot}`);
    },
    ensureFlow: async (instance, { name, flow }) => {
      at('ensureFlow');
      const arn = `${instance}/contact-flow/${name}`;
      state.flows.set(arn, { name, flow });
      return arn;
    },
    updateFlow: async (arn, flow) => {
      at('updateFlow');
      const known = state.flows.get(arn);
      if (known !== undefined) state.flows.set(arn, { ...known, flow });
      return known !== undefined;
    },
    deleteFlow: async (arn) => {
      at('deleteFlow');
      state.flows.delete(arn);
    },
    searchNumbers: async () => {
      at('searchNumbers');
      return available.filter(
        (number) => ![...state.numbers.values()].some(({ phoneNumber }) => phoneNumber === number),
      );
    },
    claimNumber: async ({ phoneNumber, instanceArn, tags, token }) =>
      at('claimNumber') === 'taken'
        ? undefined
        : claimed({ status: 'in-progress', phoneNumber, instanceArn, tags, token }),
    importNumber: async ({ sourceArn, instanceArn, tags, token }) => {
      at('importNumber');
      return claimed({ status: 'in-progress', phoneNumber: '+15550177777', sourceArn, instanceArn, tags, token });
    },
    describeNumber: async (id) => {
      at('describeNumber');
      return state.numbers.get(id);
    },
    findNumber: async (_instance, wanted) => {
      at('findNumber');
      return [...state.numbers].find(([, { phoneNumber }]) => phoneNumber === wanted)?.[0];
    },
    connectNumber: async (id, flowArn) => {
      at('connectNumber');
      const number = state.numbers.get(id);
      if (number === undefined) throw new ConnectRefusal('refused', 'There is no such number.');
      state.numbers.set(id, { ...number, flowArn });
    },
    disconnectNumber: async () => void at('disconnectNumber'),
    releaseNumber: async (id) => {
      at('releaseNumber');
      state.numbers.delete(id);
    },
  };
  /** What Connect does by itself after a while. */
  const settle = () => {
    for (const [arn, instance] of state.instances) state.instances.set(arn, { ...instance, status: 'active' });
    for (const [id, number] of state.numbers) state.numbers.set(id, { ...number, status: 'claimed' });
  };
  return { api, state, said, settle };
};

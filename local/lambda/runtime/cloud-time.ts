const MachineDate = Date;
/** Two readings of one clock, one after the other, are nearer than this. */
const SAME_TIME_MS = 1000;
let aheadMs = 0;

/** The machine's time in epoch milliseconds, whatever `Date` tells the function. */
export const machineNow = (): number => MachineDate.now();

const cloudNow = (): number => MachineDate.now() + aheadMs;

/** Makes `Date` tell the cloud's time, which is `nowMs` at this moment: a cloud on a test's clock moves its functions along. */
export function followCloud(nowMs: number): void {
  const differenceMs = nowMs - MachineDate.now();
  aheadMs = Math.abs(differenceMs) < SAME_TIME_MS ? 0 : differenceMs;
  // A cloud on the machine's clock leaves its functions the `Date` they came with.
  if (aheadMs === 0 || Date !== MachineDate) return;
  globalThis.Date = new Proxy(MachineDate, {
    construct: (target, given, as) => Reflect.construct(target, given.length === 0 ? [cloudNow()] : given, as) as Date,
    apply: () => new MachineDate(cloudNow()).toString(),
    get: (target, name, receiver) => (name === 'now' ? cloudNow : Reflect.get(target, name, receiver)),
  });
}

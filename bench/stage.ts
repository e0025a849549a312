/** Stages that the measurements run in, as `cdk.json` would hold them. */
const DEV = { pollSeconds: 1, retainData: false };

/** The API's throttle is above what one machine can ask for. */
export const UNTHROTTLED = { stages: { dev: { ...DEV, apiRequestsPerSecond: 10_000, apiBurst: 5_000 } } };

/** Looks at slow services this far apart at first. */
export const pollingEvery = (pollSeconds: number) => ({ stages: { dev: { ...DEV, pollSeconds } } });

/** Every channel there is, and no throttle. */
export const EVERY_CHANNEL = {
  stages: { dev: { ...DEV, connect: {}, apiRequestsPerSecond: 10_000, apiBurst: 5_000 } },
};

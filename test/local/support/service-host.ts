import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAuthorizer } from '../../../local/core/authorizer.ts';
import { type TestClock, testClock } from '../../../local/core/clock.ts';
import { makeFaultPlan } from '../../../local/core/faults.ts';
import { Gateway } from '../../../local/core/gateway.ts';
import { openKeyRing } from '../../../local/core/keys.ts';
import type { AwsService, CloudContext, DeclaredResource, JsonObject } from '../../../local/core/service.ts';
import { openStore } from '../../../local/core/store.ts';
import { makeTrace } from '../../../local/core/trace.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';
/** What `roleSettings` signs as; its policy is the test's. */
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/worker`;

export type PublishedEvent = Parameters<CloudContext['putEvent']>[0];

export interface HostOptions<Services> {
  readonly make: (context: CloudContext) => Services;
  /** Statements of the role's policy. */
  readonly policy?: readonly JsonObject[];
  readonly dataDir?: string;
}

/** Some embedded services behind the real gateway, on a data directory that a second host can open again. */
export const hostServices = async <Services extends Readonly<Record<string, AwsService>>>({
  make,
  policy = [],
  dataDir,
}: HostOptions<Services>) => {
  const directory = dataDir ?? (await mkdtemp(join(tmpdir(), 'oratio-service-')));
  const store = openStore(directory);
  const keys = openKeyRing(ACCOUNT, store.namespace('keys'));
  // The present, so that the SDK's signatures are neither old nor ahead.
  const clock: TestClock = testClock(Date.now());
  const published: PublishedEvent[] = [];
  const authorizer = makeAuthorizer({
    accountId: ACCOUNT,
    region: REGION,
    now: clock.now,
    rolePolicies: (name) =>
      name === 'worker'
        ? { roleArn: ROLE_ARN, trustPolicy: {}, identityPolicies: [{ Statement: [...policy] }] }
        : undefined,
  });
  let endpointUrl = '';
  const context: CloudContext = {
    accountId: ACCOUNT,
    region: REGION,
    dataDir: directory,
    clock,
    endpointUrl: () => endpointUrl,
    store: store.namespace,
    putEvent: (event) => void published.push(event),
    credentialsOfRole: keys.credentialsOfRole,
    authorizeRole: authorizer.authorizeRole,
    authorize: authorizer.authorize,
    keyOf: keys.keyOf,
    log: () => {},
  };
  const services = make(context);
  const listener = await new Gateway({
    services: Object.values(services),
    keys,
    authorizer,
    faults: makeFaultPlan([]),
    trace: makeTrace(),
    clock,
    crashCaller: () => {},
    log: (line) => {
      throw new Error(line);
    },
  }).listen(0);
  endpointUrl = `http://127.0.0.1:${listener.port}`;
  const stop = async (): Promise<void> => {
    await listener.close();
    for (const service of Object.values(services)) await service.close?.();
    store.close();
  };
  return {
    services,
    context,
    clock,
    published,
    directory,
    endpointUrl,
    root: { endpoint: endpointUrl, region: REGION, credentials: keys.root, maxAttempts: 1 },
    role: {
      endpoint: endpointUrl,
      region: REGION,
      credentials: await keys.credentialsOfRole(ROLE_ARN, 'test'),
      maxAttempts: 1,
    },
    stop,
    /** Stops and removes the data directory. */
    discard: async () => {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** Makes a resource as the template would declare it. */
export const declare = (service: AwsService, type: string, logicalId: string, properties: JsonObject) => {
  const provider = service.resources?.find((candidate) => candidate.type === type);
  if (!provider) throw new RangeError(`no provider for ${type}`);
  const resource: DeclaredResource = {
    stackName: 'Stack',
    logicalId,
    physicalName: `stack-${logicalId.toLowerCase()}`,
    type,
    properties,
    assetPath: () => undefined,
  };
  return provider.ensure(resource);
};

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAuthorizer } from '../../../local/core/authorizer.ts';
import { makeFaultPlan } from '../../../local/core/faults.ts';
import { Gateway } from '../../../local/core/gateway.ts';
import { openKeyRing } from '../../../local/core/keys.ts';
import { AwsError, type AwsService, type CloudClock, type CloudContext } from '../../../local/core/service.ts';
import { makeTrace } from '../../../local/core/trace.ts';
import type { ObjectReader } from '../../../local/services/bedrock/object-reader.ts';
import { identityStore, makeIam, rolePoliciesOf } from '../../../local/services/iam/index.ts';
import { memoryStore } from './memory-store.ts';

const ACCOUNT = '111122223333';
const REGION = 'us-east-1';

/** Time that passes at once: whoever sleeps wakes immediately, and the clock has moved by the nap. */
export const leapingClock = (): CloudClock & { advance: (ms: number) => void } => {
  // Real time passes too, so that signatures stay fresh.
  let leaptMs = 0;
  return {
    now: () => Date.now() + leaptMs,
    sleep: async (ms) => {
      leaptMs += ms;
    },
    advance: (ms) => {
      leaptMs += ms;
    },
  };
};

/** A gateway with IAM and the services under test; `settings` are for SDK clients of the root user. */
export const startAiCloud = async (
  makeServices: (context: CloudContext) => AwsService[],
  clock: CloudClock = leapingClock(),
) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'oratio-ai-'));
  const stores = new Map<string, ReturnType<typeof memoryStore>>();
  const store = (namespace: string) => {
    const known = stores.get(namespace) ?? memoryStore();
    stores.set(namespace, known);
    return known;
  };
  const keys = openKeyRing(ACCOUNT, store('keys'));
  const identities = identityStore({ store });
  const now = () => clock.now();
  const authorizer = makeAuthorizer({
    accountId: ACCOUNT,
    region: REGION,
    rolePolicies: rolePoliciesOf(identities),
    now,
  });
  let port = 0;
  const context: CloudContext = {
    accountId: ACCOUNT,
    region: REGION,
    endpointUrl: () => `http://127.0.0.1:${port}`,
    dataDir,
    clock,
    store,
    putEvent: () => {},
    credentialsOfRole: keys.credentialsOfRole,
    authorizeRole: authorizer.authorizeRole,
    keyOf: keys.keyOf,
    authorize: authorizer.authorize,
    log: () => {},
  };
  const services = [makeIam(context, identities), ...makeServices(context)];
  const gateway = new Gateway({
    services,
    keys,
    authorizer,
    faults: makeFaultPlan([]),
    trace: makeTrace(),
    // Signatures are checked against the machine's time, which SDK clients sign with.
    clock: { ...clock, now: () => Date.now() },
    crashCaller: () => {},
    log: () => {},
  });
  const listener = await gateway.listen(0);
  port = listener.port;
  const settings = { endpoint: context.endpointUrl(), region: REGION, credentials: keys.root, maxAttempts: 1 };
  return {
    context,
    settings,
    services,
    /** Client settings of a role, whose policies count. */
    as: async (roleArn: string) => ({ ...settings, credentials: await keys.credentialsOfRole(roleArn, 'test') }),
    stop: async () => {
      for (const service of services) await service.close?.();
      await listener.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

/** Objects in memory instead of S3: `{ 'bucket/key': bytes }`. */
export const memoryObjects = (objects: Record<string, string | Buffer>): ObjectReader => ({
  list: async (bucket, prefix) =>
    Object.entries(objects)
      .filter(([path]) => path.startsWith(`${bucket}/${prefix}`))
      .map(([path, content]) => ({
        key: path.slice(bucket.length + 1),
        etag: String(content).length + String(content).slice(0, 40),
        sizeBytes: Buffer.byteLength(content),
      })),
  read: async (bucket, key) => {
    const content = objects[`${bucket}/${key}`];
    if (content === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
    return Buffer.from(content);
  },
  close: () => {},
});

/** Name, status and message of what a promise rejects with. */
export const failureOf = async (promise: Promise<unknown>): Promise<{ name: string; status: number | undefined }> => {
  try {
    await promise;
  } catch (error) {
    const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { name, status: $metadata?.httpStatusCode };
  }
  throw new Error('it was expected to fail');
};

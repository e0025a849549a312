import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuthorizerDependencies } from '../../../local/core/authorizer.ts';
import { realClock } from '../../../local/core/clock.ts';
import { openContext } from '../../../local/core/context.ts';
import { makeFaultPlan } from '../../../local/core/faults.ts';
import { Gateway } from '../../../local/core/gateway.ts';
import type { AwsService, CloudClock, CloudContext, JsonObject } from '../../../local/core/service.ts';
import { makeTrace } from '../../../local/core/trace.ts';

export interface EmbeddedOptions {
  readonly dataDir?: string;
  readonly clock?: CloudClock;
  readonly rolePolicies?: AuthorizerDependencies['rolePolicies'];
}

/** A gateway on a free port over fresh state with the services that `make` gives. */
export async function startEmbedded<Services extends Record<string, AwsService>>(
  make: (context: CloudContext) => Services,
  options: EmbeddedOptions = {},
) {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'oratio-local-'));
  const clock = options.clock ?? realClock;
  const { context, keys, store, late } = openContext(dataDir, clock, () => {});
  if (options.rolePolicies) late.rolePolicies = options.rolePolicies;
  late.publish = () => {};
  const services = make(context);
  const trace = makeTrace();
  const faults = makeFaultPlan();
  const listener = await new Gateway({
    services: Object.values(services),
    keys,
    authorizer: context,
    faults,
    trace,
    clock,
    crashCaller: () => {},
    log: () => {},
  }).listen(0);
  late.endpointUrl = `http://127.0.0.1:${listener.port}`;
  const aws = { endpoint: late.endpointUrl, region: context.region, credentials: keys.root };
  return {
    aws,
    context,
    services,
    trace,
    faults,
    dataDir,
    /** Client settings signed as the role. */
    as: async (roleArn: string) => ({ ...aws, credentials: await keys.credentialsOfRole(roleArn, 'test') }),
    /** Makes one declared resource through the service's provider. */
    declare: (type: string, logicalId: string, properties: JsonObject, assetPath?: string) => {
      const provider = Object.values(services)
        .flatMap(({ resources = [] }) => resources)
        .find((candidate) => candidate.type === type);
      if (!provider) throw new Error(`no service makes ${type}`);
      const resource = { stackName: 'Test', logicalId, physicalName: `Test-${logicalId}`, type, properties };
      return provider.ensure({ ...resource, assetPath: () => assetPath });
    },
    stop: async (keepState = false) => {
      await listener.close();
      for (const service of Object.values(services)) await service.close?.();
      store.close();
      if (!keepState) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type Embedded = Awaited<ReturnType<typeof startEmbedded>>;

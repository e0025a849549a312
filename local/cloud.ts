import { makeApiDeclarations } from './api-gateway/declared.ts';
import { deploy } from './assembly/deploy.ts';
import { type Assembly, readAssembly } from './assembly/read-assembly.ts';
import { realClock } from './core/clock.ts';
import { ACCOUNT_ID, openContext, REGION } from './core/context.ts';
import { type FaultPlan, type FaultRule, makeFaultPlan } from './core/faults.ts';
import { Gateway, type GatewayDependencies } from './core/gateway.ts';
import type { Listener } from './core/listener.ts';
import type { CloudClock, Principal } from './core/service.ts';
import { makeTrace, type Trace } from './core/trace.ts';
import { makeHttpApi } from './http-api/index.ts';
import { joinServices, type Latencies, type Services } from './join-services.ts';
import { lazySpeech } from './lazy-speech.ts';
import { type LocalSocial, makeSocial } from './social/index.ts';
import { type LocalConnect, makeLocalConnect } from './soft-contact/index.ts';
import { makeSpeech } from './speech/index.ts';
import type { Speech } from './speech/speech.ts';
import type { LocalTwilio } from './twilio/index.ts';
import { startStageTelephone } from './twilio/stage-telephone.ts';
import { makeWeb } from './web/index.ts';
import { makeWebSocketApi } from './websocket-api/index.ts';
import type { MessageFaults } from './websocket-api/message-faults.ts';

export interface CloudOptions {
  /** What `cdk synth` wrote. */
  readonly assemblyDir: string;
  /** Where all state lives; a second start over it goes on where the first one ended. */
  readonly dataDir: string;
  /** Loopback port of the AWS endpoint; 0 takes a free one. */
  readonly port: number;
  /** Loopback port of the HTTP API; 0 takes a free one. */
  readonly apiPort: number;
  /** Loopback port of the WebSocket API, if the template has one; a free one unless given. */
  readonly webSocketPort?: number;
  /** Loopback port of Twilio, if the stage has one; a free one unless given. */
  readonly twilioPort?: number;
  /** Loopback port of Meta's Graph API; a free one unless given. */
  readonly socialPort?: number;
  readonly clock?: CloudClock;
  readonly faults?: readonly FaultRule[];
  /** How long the managed services take; short for a person who waits unless given. */
  readonly latencies?: Latencies;
  /** How many idle processes of functions are kept, over all functions; 12 unless given. */
  readonly warmFunctions?: number;
  /** Ears and mouth; the real ones unless given, made when somebody first speaks. Closed with the cloud. */
  readonly speech?: Speech;
  /** A line for the operator; to standard error unless given. */
  readonly log?: (line: string) => void;
}

export interface Cloud {
  /** `http://127.0.0.1:PORT`: every AWS service. */
  readonly endpointUrl: string;
  readonly apiUrl: string;
  /** `ws://127.0.0.1:PORT/{stage}`; undefined when the template has no WebSocket API. */
  readonly webSocketUrl: string | undefined;
  /** The telephone network; undefined when the stage has no `twilio`. */
  readonly twilio: LocalTwilio | undefined;
  /** Who calls, who texts, and who sits at the queues of the embedded Amazon Connect. */
  readonly connect: LocalConnect;
  /** WhatsApp, Messenger, Instagram and X, and the people there. */
  readonly social: LocalSocial;
  /** Drops, doubles and reverses messages of the WebSocket API. */
  readonly messageFaults: MessageFaults;
  /** Outputs of all stacks by logical id. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The developer's own key; it may do everything. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly services: Services;
  readonly faults: FaultPlan;
  readonly trace: Trace;
  /** Every resource, row, object and document, sorted, so that a test can tell what was left behind. */
  readonly inventory: () => Promise<string[]>;
  /** Ends everything in order; state stays. */
  readonly stop: () => Promise<void>;
  /** Ends everything as `kill -9` would: nothing under way is finished or told. */
  readonly kill: () => Promise<void>;
}

function toStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Without one no port is taken. */
const declaresWebSocketApi = ({ stacks }: Assembly): boolean =>
  stacks
    .flatMap(({ template }) => Object.values(template.Resources ?? {}))
    .some(({ Type, Properties }) => Type === 'AWS::ApiGatewayV2::Api' && Properties?.ProtocolType === 'WEBSOCKET');

/** Variables of functions that name a service outside AWS: in the embedded cloud it is on this machine. */
const peersOf = (social: LocalSocial, twilio: LocalTwilio | undefined): Readonly<Record<string, string>> => ({
  ...social.peers(),
  // Services that tenants name are on this machine, too.
  PROVIDER_ADDRESSES: 'public-and-loopback',
  ...(twilio === undefined ? {} : { TWILIO_API_URL: twilio.url }),
});

async function inventoryOf(services: Services): Promise<string[]> {
  const lists = await Promise.all(Object.values(services).map(async (service) => (await service.inventory?.()) ?? []));
  return lists.flat().sort();
}

/**
 * Starts the embedded cloud: reads the assembly, makes what it declares over the state in `dataDir` and serves it.
 * Throws, naming the resource, when the template asks for what is not served, and when a port is taken.
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { assemblyDir, dataDir, clock = realClock, log = toStandardError } = options;
  const assembly = readAssembly(assemblyDir);
  const { context, keys, store, late } = openContext(dataDir, clock, log);
  const [trace, faults] = [makeTrace(), makeFaultPlan(options.faults)];
  const speech = lazySpeech(() => (options.speech ? Promise.resolve(options.speech) : makeSpeech({ log })));
  let twilio: LocalTwilio | undefined;
  const social = makeSocial({ store: context.store, clock });
  const services = joinServices({
    context,
    speech: speech.get,
    late,
    root: keys.root,
    trace,
    latencies: options.latencies,
    warmFunctions: options.warmFunctions,
    whatsApp: social.exchange,
    peers: () => peersOf(social, twilio),
  });
  const apis = makeApiDeclarations();
  let apiUrl = '';
  const web = makeWeb({ endpointUrl: context.endpointUrl, apiUrl: () => apiUrl });
  const httpApi = makeHttpApi({ apis, context, web, lambda: services.lambda, jwksOf: services.cognito.jwksOf });
  const aws = {
    keys,
    authorizer: context,
    faults,
    trace,
    clock,
    crashCaller: ({ accessKeyId }: Principal) => {
      services.lambda.crash(accessKeyId);
      services.agentCore.crash(accessKeyId);
    },
    log,
  } satisfies Omit<GatewayDependencies, 'services'>;
  const gateway = new Gateway({ ...aws, services: Object.values(services) });
  const webSocketApi = makeWebSocketApi({ apis, context, lambda: services.lambda, gateway: aws });

  const listeners: Listener[] = [];
  let webSockets: Listener | undefined;
  const listenOn = async (listening: Promise<Listener>): Promise<string> => {
    const listener = await listening;
    listeners.push(listener);
    return `http://127.0.0.1:${listener.port}`;
  };
  const closeServices = async (): Promise<void> => {
    await Promise.all(Object.values(services).map(async (service) => service.close?.()));
    await speech.close();
    store.close();
  };
  const end = async (): Promise<void> => {
    // Clients hear nothing of what ends now.
    const hungUp = webSockets?.close();
    // Executions are let go before their functions die: they would take the deaths for failures of their tasks.
    const suspended = services.states.close?.();
    void services.connect.close?.();
    services.lambda.kill();
    await Promise.all([suspended, hungUp, twilio?.close(), social.close()]);
    await Promise.all(listeners.splice(0).map((listener) => listener.close()));
    await closeServices();
  };
  let ended: Promise<void> | undefined;
  const endOnce = (): Promise<void> => {
    ended ??= end();
    return ended;
  };

  try {
    late.endpointUrl = await listenOn(gateway.listen(options.port));
    apiUrl = await listenOn(httpApi.listen(options.apiPort));
    if (declaresWebSocketApi(assembly)) {
      webSockets = await webSocketApi.listen(options.webSocketPort ?? 0);
    }
    const telephone = { assembly, clock, credentials: keys.root, region: REGION, endpointUrl: late.endpointUrl };
    twilio = await startStageTelephone({
      ...telephone,
      store: context.store('twilio'),
      port: options.twilioPort ?? 0,
      speech: speech.get,
    });
    await social.listen(options.socialPort ?? 0);
    const providers = [
      ...Object.values(services).flatMap(({ resources = [] }) => resources),
      ...apis.providers,
      ...web.providers,
    ];
    const { outputs } = await deploy({ assembly, providers, accountId: ACCOUNT_ID, region: REGION });
    apis.deployed();
    for (const service of Object.values(services)) service.resume?.();
    social.resume();
    return {
      endpointUrl: late.endpointUrl,
      apiUrl,
      webSocketUrl: webSocketApi.url(),
      twilio,
      connect: makeLocalConnect(services.connect),
      social,
      messageFaults: webSocketApi.faults,
      outputs,
      credentials: keys.root,
      services,
      faults,
      trace,
      inventory: () => inventoryOf(services),
      stop: endOnce,
      kill: endOnce,
    };
  } catch (error) {
    await endOnce();
    throw error;
  }
}

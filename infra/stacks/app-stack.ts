import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AccessFunctions } from '../access/access-functions.ts';
import { AgentFunctions } from '../agents/agent-functions.ts';
import { AgentRoles } from '../agents/agent-roles.ts';
import { AgentRuntimes } from '../agents/agent-runtimes.ts';
import { AgentCreator } from '../building/agent-creator.ts';
import { CallFunctions } from '../calls/call-functions.ts';
import { grantSocialChannels } from '../channels/channel-access.ts';
import { ChannelFunctions, ChannelTasks } from '../channels/channel-functions.ts';
import type { StageConfig } from '../config.ts';
import { ConnectWebhook } from '../connect/connect-functions.ts';
import { joinConnect } from '../connect/join-connect.ts';
import { ControlFunctions } from '../control/control-functions.ts';
import { CustomerFunctions } from '../customers/customer-functions.ts';
import { ElizaAccess } from '../eliza/eliza-access.ts';
import { ElizaFunctions } from '../eliza/eliza-functions.ts';
import type { ElizaServer } from '../eliza/eliza-server.ts';
import { Api } from '../http/http-api.ts';
import { DashboardSignIn } from '../identity/dashboard-sign-in.ts';
import { KnowledgeFunctions } from '../knowledge/knowledge-functions.ts';
import { grantTelling, LiveFunctions } from '../live/live-functions.ts';
import { MessageFunctions } from '../messages/message-functions.ts';
import { OnboardingFunctions } from '../onboarding/onboarding-functions.ts';
import { Alarms } from '../operations/alarms.ts';
import { DeadLetters } from '../operations/dead-letters.ts';
import { Events } from '../operations/events.ts';
import { ProviderFunctions } from '../providers/provider-functions.ts';
import { ProvisionFunctions } from '../provisioning/provision-functions.ts';
import { RetireFunctions } from '../provisioning/retire-functions.ts';
import { Workflow } from '../provisioning/workflow.ts';
import { ServiceFunctions } from '../service/service-functions.ts';
import { MessageQueue } from '../social/message-queue.ts';
import { SocialFunctions } from '../social/social-functions.ts';
import { StatisticsFunctions } from '../statistics/statistics-functions.ts';
import { TelephonyFunctions } from '../telephony/telephony-functions.ts';
import { MediaContainer } from '../voice/media-container.ts';
import { VoiceFunctions } from '../voice/voice-functions.ts';
import { VoiceSocket } from '../voice/voice-socket.ts';
import { Dashboard } from '../web/dashboard.ts';
import type { DataStack } from './data-stack.ts';

export interface AppStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  /** Of a stage that has one. */
  readonly elizaServer: ElizaServer | undefined;
}

/** What is replaced with every release: functions, workflows, the API and who watches them. */
export class AppStack extends Stack {
  constructor(scope: Construct, id: string, { config, data, elizaServer, ...props }: AppStackProps) {
    super(scope, id, props);
    const { stores, knowledge, cursorSecret, identity, providerKeysKey } = data;
    const { knowledgeBasesArn } = knowledge;
    const deadLetters = new DeadLetters(this, 'DeadLetters', { config });
    const roles = new AgentRoles(this, 'AgentRoles', { config, stores, knowledgeBasesArn });
    const runtimes = new AgentRuntimes(this, 'AgentRuntimes', { config, providerKeysKey });
    const { channelTasks, provisioning, provision, retirement, retire } = workflows(this, {
      config,
      stores,
      knowledge,
      roles,
      runtimes,
      deadLetters,
    });

    const agents = new AgentFunctions(this, 'Agents', { config, stores, cursorSecret, provision, retire, deadLetters });
    const onboarding = new OnboardingFunctions(this, 'Onboarding', { config, stores, provision });
    const bases = new KnowledgeFunctions(this, 'KnowledgeBases', { config, stores, knowledge, cursorSecret });
    const messages = new MessageFunctions(this, 'Messages', { config, stores, runtimes });
    const customers = new CustomerFunctions(this, 'Customers', { config, stores, cursorSecret });
    const socket = new VoiceSocket(this, 'VoiceSocket', { config });
    const voice = new VoiceFunctions(this, 'Voice', { config, stores, runtimes, socket, providerKeysKey });
    const webSocketUrl = config.publicWebSocketUrl ?? socket.url;
    const signIn = new DashboardSignIn(this, 'DashboardSignIn', { config, identity });
    const clientIds = [identity.client, signIn.client].map(({ userPoolClientId }) => userPoolClientId);
    const access = new AccessFunctions(this, 'Access', {
      config,
      stores,
      identity,
      clientIds,
      cursorSecret,
      providerKeysKey,
      runtimes,
      socket,
      webSocketUrl,
    });
    const live = new LiveFunctions(this, 'Live', { config, stores, webSocketUrl });
    grantTelling({ provisioning, retirement, agents }, { stores, socket });
    const calls = new CallFunctions(this, 'Calls', { config, stores, cursorSecret });
    const control = new ControlFunctions(this, 'Control', { config, stores, socket });
    const media = MediaContainer.of(this, { config, stores, runtimes, socket, providerKeysKey });
    const providers = new ProviderFunctions(this, 'Providers', { config, stores, provision, providerKeysKey });
    const streamUrl = media?.streamUrl ?? webSocketUrl;
    const telephony = new TelephonyFunctions(this, 'Telephony', { config, stores, cursorSecret, socket, streamUrl });
    const statistics = new StatisticsFunctions(this, 'Statistics', { config, stores });
    const service = new ServiceFunctions(this, 'Service', { config, webSocketUrl });
    const messageQueue = new MessageQueue(this, 'MessageQueue', { config });
    const social = new SocialFunctions(this, 'Social', { config, stores, runtimes, queue: messageQueue, deadLetters });
    const connectWebhook = new ConnectWebhook(this, 'ConnectWebhook', { config, stores, runtimes });
    const channels = new ChannelFunctions(this, 'Channels', { config, stores, provision });
    const eliza = new ElizaAccess(config, elizaServer);
    const elizaos = new ElizaFunctions(this, 'ElizaOs', { config, stores, runtimes, eliza });
    for (const fn of [...channelTasks.ofSocial, social.answering]) eliza.admit(fn);
    const apis = [
      elizaos,
      channels,
      agents,
      onboarding,
      bases,
      messages,
      customers,
      access,
      calls,
      live,
      control,
      telephony,
      providers,
      statistics,
      social,
      connectWebhook,
      service,
    ];
    const functions = apis.flatMap((one) => one.api);
    data.rateLimits.limit(functions);
    const { authorizer } = access;
    const api = new Api(this, 'Api', { config, identity, clientIds, functions, authorizer });
    new Dashboard(this, 'Dashboard', { config, stores, identity, signIn, api, webSocketUrl });
    telephony.servedAt(config.publicApiUrl ?? api.url);
    social.servedAt(config.publicApiUrl ?? api.url);

    const apiUrl = config.publicApiUrl ?? api.url;
    const { whatsappTopic } = social;
    for (const fn of channelTasks.ofSocial) grantSocialChannels(fn, { config, whatsappTopic, apiUrl });
    joinConnect(this, {
      config,
      stores,
      runtimes,
      queue: messageQueue,
      deadLetters,
      apiUrl,
      channels: channelTasks.ofConnect,
      answering: social.answering,
      numbers: telephony.numbers,
    });

    const { acceptUpload } = agents;
    const { recordProgress } = provisioning;
    const events = { acceptUpload, recordProgress, workflows: [provision, retire] };
    new Events(this, 'Events', { config, stores, deadLetters, ...events });
    const watched = { api: api.api, provision, retire, deadLetters };
    const deadMessages = messageQueue.dead;
    new Alarms(this, 'Alarms', { config, ...watched, voiceSession: voice.session, deadMessages });

    const outputs = {
      ApiUrl: api.url,
      WebSocketUrl: webSocketUrl,
      StateMachineArn: provision.stateMachine.stateMachineArn,
      RetireStateMachineArn: retire.stateMachine.stateMachineArn,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}

interface WorkflowParts {
  readonly config: StageConfig;
  readonly stores: DataStack['stores'];
  readonly knowledge: DataStack['knowledge'];
  readonly roles: AgentRoles;
  readonly runtimes: AgentRuntimes;
  readonly deadLetters: DeadLetters;
}

/** Making agents and taking them down: the state machines, and the functions that carry their steps out. */
function workflows(scope: Construct, { deadLetters, ...parts }: WorkflowParts) {
  const { config, stores } = parts;
  const agentCreator = new AgentCreator(scope, 'AgentCreator', { config, code: stores.code });
  const made = { ...parts, agentCreator };
  const channelTasks = new ChannelTasks(scope, 'ChannelTasks', { config, stores });
  const provisioning = new ProvisionFunctions(scope, 'Provisioning', { ...made, deadLetters, channelTasks });
  const provision = new Workflow(scope, 'Provision', {
    config,
    name: 'provision-agent',
    variable: 'PROVISION_STATE_MACHINE_ARN',
    tasks: provisioning.tasks,
  });
  const retirement = new RetireFunctions(scope, 'Retirement', { ...made, provision, channelTasks });
  const retire = new Workflow(scope, 'Retire', {
    config,
    name: 'retire-agent',
    variable: 'RETIRE_STATE_MACHINE_ARN',
    tasks: retirement.tasks,
  });
  return { channelTasks, provisioning, provision, retirement, retire };
}

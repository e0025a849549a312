/** A tenant with an agent and accounts at every platform, in an embedded cloud that throttles nobody. */
import type { LinkedAccountHandle } from '../../local/social/aws-links.ts';
import type { MetaApp, SocialAccountHandle } from '../../local/social/graph/meta-app.ts';
import { type AgentBody, Api } from '../../test/e2e/support/api.ts';
import { BIKE_SHOP, formOf } from '../../test/e2e/support/business.ts';
import { type Harness, startHarness } from '../../test/e2e/support/harness.ts';
import { EVERY_CHANNEL } from '../stage.ts';

export type SocialName = 'whatsapp' | 'facebook' | 'instagram' | 'twitter';

/** As `PUT /agents/{agentId}/channels` wants them. */
export type WantedChannel = Readonly<{ channelType: string; settings?: Readonly<Record<string, string>> }>;

export interface Tenant {
  readonly harness: Harness;
  readonly api: Api;
  readonly agentId: string;
  readonly meta: MetaApp;
  readonly accounts: Readonly<Record<SocialName, SocialAccountHandle>>;
  /** A WhatsApp number that reaches us over AWS End User Messaging Social. */
  readonly linked: LinkedAccountHandle;
  /** Where Meta delivers. */
  readonly metaWebhookUrl: string;
}

const IDS: Readonly<Record<SocialName, string>> = {
  whatsapp: '106540352242922',
  facebook: '20531316728',
  instagram: '17841400008460056',
  twitter: '2244994945',
};
const LINKED_NUMBER = '106540352242999';

/** The channel of a platform by its own API. */
export const socialChannel = (channelType: SocialName): WantedChannel => ({
  channelType,
  settings: { accountId: IDS[channelType] },
});

/** WhatsApp by AWS. */
export const LINKED_CHANNEL: WantedChannel = {
  channelType: 'whatsapp',
  settings: { accountId: LINKED_NUMBER, provider: 'aws' },
};

/** Deploys the stage, an agent without channels, apps and accounts. `assemblyDir` in the place of the synthesized one. */
export async function startTenant(assemblyDir?: string): Promise<Tenant> {
  const harness = await startHarness({ context: EVERY_CHANNEL, ...(assemblyDir ? { assemblyDir } : {}) });
  try {
    const api = new Api(harness.cloud.apiUrl, await harness.tokenOf('bench'));
    const { social } = harness.cloud;
    const meta = social.meta.app();
    const x = social.x.app();
    const accounts = {
      whatsapp: meta.whatsapp(IDS.whatsapp),
      facebook: meta.page(IDS.facebook),
      instagram: meta.instagram(IDS.instagram),
      twitter: x.account(IDS.twitter),
    };
    const linked = social.aws.link(LINKED_NUMBER);
    const metaWebhookUrl = await entrust(api, 'meta', meta.credentials());
    await meta.registerWebhook(metaWebhookUrl);
    await x.registerWebhook(await entrust(api, 'twitter', x.credentials()));
    const created = await api.request('POST', '/api/v1/agents', formOf(BIKE_SHOP));
    const agentId = String(created.body.agentId);
    await settled(api, agentId);
    return { harness, api, agentId, meta, accounts, linked, metaWebhookUrl };
  } catch (error) {
    await harness.stop();
    throw error;
  }
}

async function entrust(api: Api, platform: 'meta' | 'twitter', credentials: object): Promise<string> {
  const { status, body } = await api.request('PUT', `/api/v1/channel-credentials/${platform}`, credentials);
  if (status !== 200) throw new Error(`credentials of ${platform}: ${status} ${JSON.stringify(body)}`);
  return String(body.webhookUrl);
}

/** The agent once no run is under way. Throws when it failed. */
async function settled(api: Api, agentId: string): Promise<AgentBody> {
  const agent = await api.agentWhen(agentId, ({ status }) => !['creating', 'updating'].includes(status));
  if (agent.status === 'failed') throw new Error(`the agent failed: ${JSON.stringify(agent.statusReason)}`);
  return agent;
}

/** Gives the agent these channels and no others. Throws, with the channel's reason, unless all are active. */
export async function putChannels({ api, agentId }: Tenant, channels: readonly WantedChannel[]): Promise<AgentBody> {
  const path = `/api/v1/agents/${agentId}/channels`;
  const { status, body } = await api.request('PUT', path, { channels });
  // 200: it has these already.
  if (status !== 202 && status !== 200) throw new Error(`PUT channels answered ${status}: ${JSON.stringify(body)}`);
  const agent = await settled(api, agentId);
  const listed = await api.request<{ channels: readonly { status: string }[] }>('GET', path);
  const wrong = listed.body.channels.find((channel) => channel.status !== 'active');
  if (wrong) throw new Error(`a channel is not active: ${JSON.stringify(wrong)}`);
  return agent;
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SOCIAL_CHANNELS } from '../../shared/channels/channel.ts';
import { ELIZA_PLUGINS, ElizaCharacter, elizaCharacter } from '../../shared/eliza/character.ts';
import { elizaAgentId, uuidV5 } from '../../shared/eliza/eliza-ids.ts';
import type { AgentId } from '../../shared/kernel/ids.ts';
import { AGENT_ID, beddingAgent, OTHER_AGENT_ID } from './support/agents.ts';
import { CharacterJson } from './support/fake-eliza.ts';

const anyAgent = fc
  .record({
    agentId: fc.uuid({ version: 7 }).map((id) => id as AgentId),
    agentName: fc.string(),
    sop: fc.string({ minLength: 1 }),
    humanHandoffDescription: fc.string(),
    description: fc.option(fc.string(), { nil: undefined }),
    character: fc.option(
      fc.record({
        businessName: fc.string(),
        products: fc.array(fc.string()),
        specialties: fc.array(fc.string()),
        tone: fc.string(),
        knowledgeBase: fc.dictionary(fc.string(), fc.string()),
      }),
      { nil: undefined },
    ),
    businessContext: fc.option(fc.dictionary(fc.string(), fc.jsonValue()), { nil: undefined }),
  })
  .map(({ description, character, businessContext, ...agent }) => ({
    ...agent,
    ...(description === undefined ? {} : { description }),
    ...(character === undefined ? {} : { character }),
    ...(businessContext === undefined ? {} : { businessContext }),
  }));

describe('the character of an agent', () => {
  it('is one that the strict schemas accept, ours and the server’s, whatever the agent', () => {
    fc.assert(
      fc.property(
        anyAgent,
        fc.constantFrom(...SOCIAL_CHANNELS),
        fc.dictionary(fc.string(), fc.string()),
        (agent, channel, templates) => {
          const character = elizaCharacter(agent, channel, templates);
          expect(ElizaCharacter.safeParse(character).error).toBeUndefined();
          expect(CharacterJson.safeParse(JSON.parse(JSON.stringify(character))).error).toBeUndefined();
        },
      ),
    );
  });

  it('says who the agent is, what it does and how it speaks', () => {
    const { system, settings, ...rest } = elizaCharacter(beddingAgent(), 'instagram', {
      order_status: "What's your order number?",
    });
    expect(rest).toEqual({
      id: elizaAgentId(AGENT_ID, 'instagram'),
      name: 'Cozy Comfort Bedding Agent',
      bio: ['Answers questions about bedding.', 'Answers the customers of Cozy Comfort Bedding.'],
      topics: ['bedding sets', 'pillows', 'sleep products'],
      adjectives: ['friendly', 'helpful'],
      plugins: [...ELIZA_PLUGINS],
      style: {
        all: ['Be friendly and helpful.'],
        chat: ['Answer briefly and in plain text, as one writes in a chat.', 'Ask for one thing at a time.'],
      },
    });
    expect(settings).toMatchObject({ oratioAgentId: AGENT_ID, oratioChannel: 'instagram' });
    expect(system).toContain('Returns are accepted for 30 days.');
    expect(system).toContain('"store_hours":"9 AM - 6 PM EST"');
    expect(system).toContain("- order status: What's your order number?");
  });

  it('changes its digest with whatever it is made of, and with nothing else', () => {
    const digestOf = (...[agent, channel, templates]: Parameters<typeof elizaCharacter>) =>
      elizaCharacter(agent, channel, templates).settings.oratioDigest;
    const digest = digestOf(beddingAgent(), 'instagram');
    expect(digestOf(beddingAgent({ revision: 9, updatedAt: 9 }), 'instagram')).toBe(digest);
    const others = [
      digestOf(beddingAgent({ sop: 'Another.' }), 'instagram'),
      digestOf(beddingAgent(), 'instagram', { greeting: 'Hi!' }),
      digestOf(beddingAgent(), 'twitter'),
    ];
    expect(new Set([digest, ...others]).size).toBe(4);
  });
});

describe('the id of an ElizaOS agent', () => {
  it('is a UUID of version 5, as RFC 9562 makes them', () => {
    const dns = Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex');
    expect(uuidV5(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('is another one for each agent and each channel', () => {
    const ids = SOCIAL_CHANNELS.flatMap((channel) => [AGENT_ID, OTHER_AGENT_ID].map((id) => elizaAgentId(id, channel)));
    expect(new Set(ids).size).toBe(8);
  });
});

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { servingAgent } from '../../access/support/tables.ts';
import { AGENT, FRAME, START, startGateway } from './support.ts';

let world: Awaited<ReturnType<typeof startGateway>>;
let client = '';
let count = 0;

beforeAll(async () => {
  world = await startGateway();
  await world.putAgent(servingAgent(AGENT));
});
afterAll(() => world.stop());
beforeEach(() => {
  count += 1;
  client = `caller-${count}`;
  world.time.nowMs += 3_600_000;
});

/** A call whose owner has claimed it and is at this connection. */
const beginAt = async (owner: string) => {
  await world.connect(client);
  await world.say(client, START);
  const summons = world.summoned.at(-1);
  if (summons === undefined) throw new Error('Nobody was called.');
  await world.keeperOf(summons).claim();
  await world.connectOwner(owner, summons);
  return summons;
};

test('an owner whose connection is not quite up yet is reached at the second attempt, and not taken for lost', async () => {
  const { callId } = await beginAt('owner-early');
  world.gone.add('owner-early');
  const { pause } = world.deps.clock;
  const clock = world.deps.clock as { pause: typeof pause };
  clock.pause = async (ms) => {
    world.gone.delete('owner-early');
    return pause(ms);
  };
  await world.say(client, FRAME);
  clock.pause = pause;
  const session = await world.sessions.find(callId);
  expect([world.heard('owner-early').length, session?.ownerLostAtMs]).toEqual([1, undefined]);
});

test('an owner that died before this process knew it is noticed with the second message, and replaced', async () => {
  const { callId, epoch } = await beginAt('owner-dead');
  world.gone.add('owner-dead');
  await world.say(client, FRAME);
  await world.say(client, FRAME);
  const lost = (await world.sessions.find(callId))?.ownerLostAtMs;
  world.time.nowMs += 5_000;
  await world.say(client, FRAME);
  expect([lost !== undefined, world.summoned.at(-1)]).toMatchObject([true, { callId, epoch: epoch + 1 }]);
});

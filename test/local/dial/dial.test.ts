import { AssociatePhoneNumberContactFlowCommand, ClaimPhoneNumberCommand } from '@aws-sdk/client-connect';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { dial } from '../../../local/dial/dial.ts';
import { talkByKeys } from '../../../local/dial/talk-by-keys.ts';
import { askJson } from '../../../local/inbox/http.ts';
import { serveCalls } from '../../../local/soft-contact/calls-api.ts';
import { action, bye, type ConnectHost, flowOf, hostConnect, publish, say } from '../connect/support.ts';

const FROM = '+14155550123';
const NUMBER = '+12065550100';
const MENU = action(
  'menu',
  'GetParticipantInput',
  { Text: 'For opening hours press 1.', InputTimeLimitSeconds: '5', StoreInput: 'False' },
  'bye',
  { InputTimeLimitExceeded: 'bye', NoMatchingCondition: 'bye', NoMatchingError: 'bye' },
  { '1': 'hours' },
);
const FLOW = flowOf(say('hello', 'Welcome.', 'menu'), MENU, say('hours', 'Nine to six.', 'menu'), bye);

let host: ConnectHost;
let calls: Awaited<ReturnType<typeof serveCalls>>;
beforeEach(async () => {
  host = await hostConnect();
  calls = await serveCalls(host.people);
  const { id: InstanceId, arn: TargetArn } = await host.instance();
  const ContactFlowId = await publish(host, InstanceId, FLOW);
  const claimed = await host.connect.send(new ClaimPhoneNumberCommand({ TargetArn, PhoneNumber: NUMBER }));
  await host.clock.advance(1000);
  const { PhoneNumberId } = claimed;
  await host.connect.send(new AssociatePhoneNumberContactFlowCommand({ PhoneNumberId, InstanceId, ContactFlowId }));
});
afterEach(async () => {
  await calls.close();
  await host.discard();
});

const printed = async (to: string, ...keys: string[]) => {
  const lines: string[] = [];
  const wasTaken = await talkByKeys(calls, { from: FROM, to, keys }, (line) => lines.push(line));
  return { wasTaken, lines };
};

it('tells what the caller hears as the keys are pressed, and hangs up', async () => {
  expect(await printed(NUMBER, '1')).toEqual({
    wasTaken: true,
    lines: [
      `${FROM} calls ${NUMBER}`,
      'Agent: Welcome.',
      'Agent: For opening hours press 1.',
      'Caller presses 1',
      'Agent: Nine to six.',
      'Agent: For opening hours press 1.',
      'hung up',
    ],
  });
  expect(host.services.connect.desk.openContacts()).toEqual([]);
});

it('presses nothing any more once the agent has hung up', async () => {
  const { lines } = await printed(NUMBER, '9', '1');
  expect(lines.slice(-2)).toEqual(['Caller presses 9', 'the agent hung up']);
});

it('says when nobody has the number', async () => {
  expect(await printed('+12065550199', '1')).toEqual({
    wasTaken: false,
    lines: [`${FROM} calls +12065550199`, 'nobody has this number'],
  });
});

it('serves nobody without its key, and no calls that there are not', async () => {
  const { url, key } = calls;
  const nobody = `${url}/calls/00000000-0000-4000-8000-000000000000`;
  await expect(askJson(`${url}/calls`, 'guessed', { method: 'POST', json: {} })).rejects.toThrow('401');
  await expect(askJson(nobody, key, { method: 'DELETE' })).rejects.toThrow('404');
});

it('explains itself, refuses keys that no telephone has, and needs a cloud that runs', async () => {
  const lines: string[] = [];
  const deps = { cwd: import.meta.dirname, print: (line: string) => void lines.push(line) };
  expect(await dial(deps, ['--help'])).toBe(0);
  expect(lines.join('\n')).toContain('--press KEYS');
  await expect(dial(deps, ['--press', 'x'])).rejects.toThrow('no keys "x"');
  await expect(dial(deps, [])).rejects.toThrow('Run `npm start` first');
});

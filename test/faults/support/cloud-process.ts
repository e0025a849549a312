/** The embedded cloud in a process of its own, so that a test can end it as a power cut does. Arguments: data directory, and when its clock began (epoch milliseconds). */
import { startHarness } from '../../e2e/support/harness.ts';
import type { CloudAnswer, CloudQuestion } from './cloud-child.ts';
import { hurriedClock } from './hurried-clock.ts';

const say = (answer: CloudAnswer): void => void process.send?.(answer);

const [, , dataDir = '', startedAtMs] = process.argv;
const { cloud, tokenOf } = await startHarness({
  dataDir,
  clock: hurriedClock(4, Number(startedAtMs)),
  warmFunctions: 40,
});

async function answerTo(question: CloudQuestion): Promise<CloudAnswer> {
  if (question.kind === 'token') return { kind: 'token', token: await tokenOf(question.tenant) };
  return { kind: 'inventory', inventory: await cloud.inventory() };
}

process.on('message', (question: CloudQuestion) => void answerTo(question).then(say));
process.once('disconnect', () => void cloud.stop());
say({ kind: 'ready', apiUrl: cloud.apiUrl });

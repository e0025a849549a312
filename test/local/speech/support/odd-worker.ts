import { serveJobs } from '../../../../local/speech/workers/serve-jobs.ts';

/** Doubles numbers; dies of "die", refuses "throw", and takes its time over "slow". */
serveJobs((job: number | 'die' | 'throw') => {
  if (job === 'die') process.exit(3);
  if (job === 'throw') throw new Error('I do not like this job.');
  return { result: job * 2 };
});

/** `npm run bench` measures everything, `npm run bench -- NAME…` some of it, and writes the sections of `bench/README.md`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { BENCHES, type Bench } from './benches.ts';
import { withSection } from './report.ts';

const README = join(import.meta.dirname, 'README.md');

function machine(): string {
  const cores = cpus();
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  return `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown processor'}, ${memoryGb} GB, ${process.platform}, Node ${process.version}`;
}

function chosen(names: readonly string[]): readonly Bench[] {
  const unknown = names.find((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown !== undefined)
    throw new Error(`There is no "${unknown}", only ${BENCHES.map(({ name }) => name).join(', ')}.`);
  return names.length === 0 ? BENCHES : BENCHES.filter(({ name }) => names.includes(name));
}

try {
  for (const bench of chosen(process.argv.slice(2))) {
    console.log(`${bench.name} …`);
    const tables = await bench.run();
    console.log(tables);
    const former = existsSync(README) ? readFileSync(README, 'utf8') : '';
    writeFileSync(README, withSection(former, BENCHES, bench, { machine: machine(), tables }));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** `npm run bench` measures everything, `npm run bench -- NAME…` some of it, and writes the sections of `bench/README.md`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { BENCHES, type Bench } from './benches.ts';
import { withSection } from './report.ts';

const README = join(import.meta.dirname, 'README.md');

/** What it ran on; a load beyond the cores before the start means that the machine had other work as well. */
function machine(): string {
  const cores = cpus();
  const load = loadavg()[0]?.toFixed(1);
  const today = new Date().toISOString().slice(0, 10);
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  return `${today}, ${cores.length} × ${cores[0]?.model.trim() ?? 'unknown processor'}, ${memoryGb} GB, ${process.platform}, Node ${process.version}, load before ${load}`;
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
    const ranOn = machine();
    const tables = await bench.run();
    console.log(tables);
    const former = existsSync(README) ? readFileSync(README, 'utf8') : '';
    writeFileSync(README, withSection(former, BENCHES, bench, { machine: ranOn, tables }));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

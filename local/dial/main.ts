import { dial } from './dial.ts';

try {
  process.exitCode = await dial(
    {
      // npm runs scripts in the package's folder and says here where the person was.
      cwd: process.env.INIT_CWD ?? process.cwd(),
      print: (line) => process.stdout.write(`${line}\n`),
    },
    process.argv.slice(2),
  );
} catch (error) {
  process.stderr.write(`✗ ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

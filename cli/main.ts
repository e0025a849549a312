#!/usr/bin/env node
import { run } from './program.ts';
import { realIo } from './real-io.ts';

const code = await run(process.argv.slice(2), realIo());
// What a command left open (a socket that says good-bye, a browser's connection) holds nobody up. A pipe is written to
// the end first.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));

#!/usr/bin/env node
import { run } from './program.ts';
import { realIo } from './real-io.ts';

process.exitCode = await run(process.argv.slice(2), realIo());

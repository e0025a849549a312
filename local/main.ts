import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';
import pc from 'picocolors';

// Before anything large is loaded: a second start compiles nothing again.
enableCompileCache(resolve(import.meta.dirname, '../build/compile-cache'));
const { main } = await import('./start/start.ts');

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`${pc.red('✗')} ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

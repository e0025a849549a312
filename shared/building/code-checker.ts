import type { CheckedCode, CodeChecker } from './building.ts';
import { checkAgentCode } from './check-agent-code.ts';
import { loadCheckerAssets } from './checker-assets.ts';
import { makeTypeChecker } from './type-check.ts';

/**
 * The code checker with its assets, read on first use and then kept. In a Lambda the assets lie beside the bundle:
 * `makeCodeChecker(fileURLToPath(new URL('checker-assets', import.meta.url)))`.
 * @param now milliseconds, only used to end a type check that takes for ever.
 */
export function makeCodeChecker(assetsDirectory: string, now: () => number): CodeChecker {
  let check: Promise<CodeChecker> | undefined;
  const prepare = async (): Promise<CodeChecker> => {
    const assets = await loadCheckerAssets(assetsDirectory);
    return checkAgentCode({ assets, types: makeTypeChecker(assets, now) });
  };
  return async (files): Promise<CheckedCode> => {
    check ??= prepare();
    return (await check)(files);
  };
}

import type { Output, Tokens } from './output.ts';

/** Speech tokens a second, in and out: plausible, as Nova Sonic publishes no figure. */
const SPEECH_TOKENS_PER_SECOND = 25;
/** About four characters of English a token. */
const CHARACTERS_PER_TOKEN = 4;

const NONE: Tokens = {
  input: { speechTokens: 0, textTokens: 0 },
  output: { speechTokens: 0, textTokens: 0 },
};

export interface Usage {
  readonly speech: (way: 'input' | 'output', milliseconds: number) => void;
  readonly text: (way: 'input' | 'output', text: string) => void;
  /** Tells what was used since the last report, if anything. */
  readonly report: () => void;
}

/** Counts what a session uses; each report tells the difference and the total. */
export function makeUsage(output: Pick<Output, 'usage'>): Usage {
  const speechMs = { input: 0, output: 0 };
  const textTokens = { input: 0, output: 0 };
  let told = NONE;
  const side = (way: 'input' | 'output') => ({
    speechTokens: Math.round((speechMs[way] / 1000) * SPEECH_TOKENS_PER_SECOND),
    textTokens: textTokens[way],
  });
  const since = (way: 'input' | 'output', total: Tokens) => ({
    speechTokens: total[way].speechTokens - told[way].speechTokens,
    textTokens: total[way].textTokens - told[way].textTokens,
  });
  return {
    speech: (way, milliseconds) => {
      speechMs[way] += milliseconds;
    },
    text: (way, text) => {
      textTokens[way] += Math.ceil(text.length / CHARACTERS_PER_TOKEN);
    },
    report: () => {
      const total: Tokens = { input: side('input'), output: side('output') };
      const delta: Tokens = { input: since('input', total), output: since('output', total) };
      if (
        Object.values({ ...delta.input })
          .concat(Object.values(delta.output))
          .every((count) => count === 0)
      )
        return;
      told = total;
      output.usage(delta, total);
    },
  };
}

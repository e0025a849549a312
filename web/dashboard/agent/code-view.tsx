import { useMemo } from 'react';
import { reachable } from '../agents/reachable.ts';
import { tokensOf } from './highlight.ts';

interface CodeViewProps {
  readonly code: string;
  readonly label: string;
  /** Prose: no colours, and long lines are broken. */
  readonly isProse?: boolean;
}

/** Code to be read, in colours. */
export function CodeView({ code, label, isProse = false }: CodeViewProps) {
  const tokens = useMemo(() => (isProse ? [{ kind: 'plain' as const, text: code }] : tokensOf(code)), [code, isProse]);
  let at = 0;
  return (
    <section className="oratio-code" aria-label={label} data-wrap={isProse} ref={reachable} style={PRESERVED}>
      {tokens.map(({ kind, text }) => {
        at += text.length;
        return kind === 'plain' ? (
          text
        ) : (
          <span key={at} className={kind}>
            {text}
          </span>
        );
      })}
    </section>
  );
}

const PRESERVED = { whiteSpace: 'pre-wrap' } as const;

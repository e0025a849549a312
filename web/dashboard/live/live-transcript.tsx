import { memo, useLayoutEffect, useRef } from 'react';
import { useOperatorName } from '../calls/use-operator-name.ts';
import { useScrollStop } from '../shell/use-scroll-stop.ts';
import type { LiveLine } from './live-story.ts';

/** So near to the end counts as being there. */
const AT_END_PX = 40;

/**
 * What is said and done in a call, growing. Its height is fixed, so that nothing below it moves, and it stays at its
 * end unless somebody has scrolled up to read.
 */
export const LiveTranscript = memo(function LiveTranscript({ lines }: { readonly lines: readonly LiveLine[] }) {
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const tabIndex = useScrollStop(list, lines);
  useLayoutEffect(() => {
    const element = list.current;
    if (element && follows.current && lines.length > 0) element.scrollTop = element.scrollHeight;
  }, [lines]);
  return (
    <div
      ref={list}
      className="live-transcript"
      role="log"
      aria-label="Running transcript"
      tabIndex={tabIndex}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < AT_END_PX;
      }}
    >
      {lines.map((line) => (
        <TranscriptLine key={line.id} line={line} />
      ))}
    </div>
  );
});

const TranscriptLine = memo(function TranscriptLine({ line }: { readonly line: LiveLine }) {
  const nameOf = useOperatorName();
  return (
    <div className={`live-line live-line-${line.lane}${line.isFinal ? '' : ' live-line-guess'}`}>
      <b>
        {line.operator !== undefined && `${nameOf(line.operator)} · `}
        {line.title}
      </b>
      {line.lane === 'event' ? ' · ' : <br />}
      {line.text}
    </div>
  );
});

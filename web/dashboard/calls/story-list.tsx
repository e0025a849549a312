import { memo } from 'react';
import { lineAddress, type StoryLine } from './story.ts';
import { asClock } from './words.ts';

interface Props {
  readonly lines: readonly StoryLine[];
  /** The line that is heard now. */
  readonly nowId: string | undefined;
  /** Without it the lines are only read. */
  readonly play: ((atMs: number) => void) | undefined;
}

/** What was said and done, each line with its place in the recording; a press plays from there. */
export const StoryList = memo(function StoryList({ lines, nowId, play }: Props) {
  return (
    <ol className="call-lines">
      {lines.map((line) => (
        <li key={line.id} id={lineAddress(line.id)} aria-current={line.id === nowId ? 'true' : undefined}>
          <Line line={line} isNow={line.id === nowId} play={play} />
        </li>
      ))}
    </ol>
  );
});

interface LineProps {
  readonly line: StoryLine;
  readonly isNow: boolean;
  readonly play: ((atMs: number) => void) | undefined;
}

function Line({ line, isNow, play }: LineProps) {
  const className = `call-line call-line-${line.lane}${isNow ? ' call-line-now' : ''}`;
  const content = (
    <>
      <span className="call-line-time">{asClock(line.fromMs)}</span>
      <span className="call-line-text">
        <b>{line.title}</b>
        {line.text !== '' && (line.lane === 'event' ? ' · ' : <br />)}
        {line.text}
      </span>
    </>
  );
  if (play === undefined) return <div className={className}>{content}</div>;
  return (
    <button type="button" className={className} title="Play from here" onClick={() => play(line.fromMs)}>
      {content}
    </button>
  );
}

/** The line that sounds at a moment: the last spoken one that has begun. */
export const lineAt = (lines: readonly StoryLine[], atMs: number): StoryLine | undefined =>
  lines.findLast(({ kind, fromMs }) => kind === 'speech' && fromMs <= atMs);

import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { lineAddress, type StoryKind, type StoryLine } from './story.ts';
import { LANES, marksOf, nextMark, PICTURE, type TimelineMark, ticksOf } from './timeline-layout.ts';
import { asClock } from './words.ts';

/** Each kind's colour in light and dark, at least 3:1 against the page (WCAG 1.4.11); shapes tell them apart without it. */
const COLORS: Readonly<Record<StoryKind, string>> = {
  speech: 'light-dark(#006ce0, #42b4ff)',
  tool: 'light-dark(#008559, #2bb534)',
  'tool-error': 'light-dark(#db0000, #ff7a7a)',
  interruption: 'light-dark(#db0000, #ff7a7a)',
  renewal: 'light-dark(#656871, #a4a4ad)',
  owner: 'light-dark(#656871, #a4a4ad)',
  handoff: 'light-dark(#8a5300, #fbd332)',
  operator: 'light-dark(#962249, #ff99c2)',
  warning: 'light-dark(#8a5300, #fbd332)',
};
const CALLER = 'light-dark(#7300e5, #bf80ff)';
const colorOf = ({ lane, kind }: Pick<StoryLine, 'lane' | 'kind'>): string =>
  lane === 'caller' ? CALLER : COLORS[kind];

const LEGEND: readonly { readonly kind: StoryKind; readonly lane: StoryLine['lane']; readonly name: string }[] = [
  { kind: 'speech', lane: 'caller', name: 'Caller speaks' },
  { kind: 'speech', lane: 'agent', name: 'Agent speaks' },
  { kind: 'tool', lane: 'event', name: 'Tool' },
  { kind: 'tool-error', lane: 'event', name: 'Tool failed' },
  { kind: 'interruption', lane: 'event', name: 'Interruption' },
  { kind: 'renewal', lane: 'event', name: 'New stream' },
  { kind: 'owner', lane: 'event', name: 'New owner' },
  { kind: 'handoff', lane: 'event', name: 'Passed to a person' },
  { kind: 'operator', lane: 'event', name: 'Operator' },
  { kind: 'warning', lane: 'event', name: 'Warning' },
];

interface Props {
  readonly lines: readonly StoryLine[];
  readonly lengthMs: number;
  /** Where playing is. */
  readonly playedMs?: number | undefined;
  readonly choose: (line: StoryLine) => void;
}

/** The call as a picture: who spoke when, and what else happened. One stop of the Tab key; arrows lead along it. */
export function TimelinePicture({ lines, lengthMs, playedMs, choose }: Props) {
  const marks = useMemo(() => marksOf(lines, lengthMs), [lines, lengthMs]);
  const ticks = useMemo(() => ticksOf(lengthMs), [lengthMs]);
  const [current, setCurrent] = useState(0);
  const elements = useRef<(HTMLOrSVGElement | null)[]>([]);
  const playedX = playedMs === undefined ? undefined : marksOf([atMoment(playedMs)], lengthMs)[0]?.x;
  const onKeyDown = (event: KeyboardEvent, index: number): void => {
    const next = nextMark(event.key, index, marks.length);
    if (next !== undefined) {
      setCurrent(next);
      elements.current[next]?.focus();
    } else if (event.key === 'Enter' || event.key === ' ') choose((marks[index] as TimelineMark).line);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div className="call-timeline" role="toolbar" aria-label="Timeline of the call">
        <svg viewBox={`0 0 ${PICTURE.width} ${PICTURE.height}`} role="presentation">
          <Lanes />
          {ticks.map(({ x, atMs }) => (
            <g key={atMs}>
              <line x1={x} x2={x} y1={8} y2={PICTURE.height - 20} stroke="light-dark(#dedee3, #424650)" />
              <text x={x} y={PICTURE.height - 6} fontSize="11" textAnchor="middle" fill="light-dark(#424650, #c6c6cd)">
                {asClock(atMs)}
              </text>
            </g>
          ))}
          {marks.map((mark, index) => (
            <a
              key={mark.line.id}
              href={`#${lineAddress(mark.line.id)}`}
              ref={(element: HTMLOrSVGElement | null) => {
                elements.current[index] = element;
              }}
              tabIndex={index === Math.min(current, marks.length - 1) ? 0 : -1}
              aria-label={`${asClock(mark.line.fromMs)}, ${mark.line.title}: ${mark.line.text}`}
              onFocus={() => setCurrent(index)}
              onClick={(event) => {
                event.preventDefault();
                choose(mark.line);
              }}
              onKeyDown={(event) => onKeyDown(event, index)}
            >
              <title>{`${mark.line.title}: ${mark.line.text}`}</title>
              <Shape {...mark} color={colorOf(mark.line)} />
            </a>
          ))}
          {playedX !== undefined && (
            <line
              x1={playedX}
              x2={playedX}
              y1={4}
              y2={PICTURE.height - 18}
              stroke="light-dark(#0f141a, #ffffff)"
              strokeWidth="2"
            />
          )}
        </svg>
      </div>
      <Legend lines={lines} />
    </>
  );
}

const atMoment = (atMs: number): StoryLine => ({
  id: 'now',
  lane: 'event',
  kind: 'warning',
  fromMs: atMs,
  toMs: atMs,
  title: '',
  text: '',
});

function Lanes() {
  const names = { caller: 'Caller', agent: 'Agent', event: 'Events' } as const;
  return (
    <g>
      {(Object.keys(LANES) as (keyof typeof LANES)[]).map((lane) => (
        <g key={lane}>
          <text x={0} y={LANES[lane] + 4} fontSize="13" fill="light-dark(#0f141a, #ebebf0)">
            {names[lane]}
          </text>
          <line
            x1={PICTURE.left}
            x2={PICTURE.width - PICTURE.right}
            y1={LANES[lane]}
            y2={LANES[lane]}
            stroke="light-dark(#dedee3, #424650)"
          />
        </g>
      ))}
    </g>
  );
}

/** Only what this call has. */
function Legend({ lines }: { readonly lines: readonly StoryLine[] }) {
  const shown = LEGEND.filter(({ kind, lane }) => lines.some((line) => line.kind === kind && line.lane === lane));
  return (
    <ul className="call-legend" aria-label="Legend">
      {shown.map(({ kind, lane, name }) => {
        const [mark] = marksOf([{ ...atMoment(0), kind, lane, toMs: 1 }], 1000);
        return (
          <li key={name}>
            <svg width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
              {mark && (
                <Shape {...mark} x={mark.shape === 'bar' ? -7 : 0} y={0} width={14} color={colorOf({ kind, lane })} />
              )}
            </svg>
            {name}
          </li>
        );
      })}
    </ul>
  );
}

function Shape({ shape, x, y, width, color }: Omit<TimelineMark, 'line'> & { readonly color: string }) {
  const style = { fill: color };
  if (shape === 'bar') {
    const height = Math.min(PICTURE.barHeight, width > 14 || y > 0 ? PICTURE.barHeight : 10);
    return <rect className="call-mark" x={x} y={y - height / 2} width={width} height={height} rx="3" style={style} />;
  }
  if (shape === 'circle') return <circle className="call-mark" cx={x} cy={y} r="6" style={style} />;
  const points = OUTLINES[shape].map(([dx, dy]) => `${x + dx},${y + dy}`).join(' ');
  return <polygon className="call-mark" points={points} style={style} />;
}

const star = Array.from({ length: 10 }, (_, index): readonly [number, number] => {
  const [angle, radius] = [(index * Math.PI) / 5 - Math.PI / 2, index % 2 === 0 ? 8 : 3.5];
  return [Math.cos(angle) * radius, Math.sin(angle) * radius];
});
type Outline = readonly (readonly [number, number])[];
const OUTLINES: Readonly<Record<'diamond' | 'triangle' | 'square' | 'star', Outline>> = {
  diamond: [
    [0, -8],
    [8, 0],
    [0, 8],
    [-8, 0],
  ],
  triangle: [
    [0, -8],
    [8, 7],
    [-8, 7],
  ],
  square: [
    [-6, -6],
    [6, -6],
    [6, 6],
    [-6, 6],
  ],
  star,
};

import type { StoryKind, StoryLine } from './story.ts';

/** A line of the story as a mark in the picture; all lengths in the picture's own units. */
export interface TimelineMark {
  readonly line: StoryLine;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly shape: 'bar' | 'circle' | 'diamond' | 'triangle' | 'square' | 'star';
}

export interface TimelineTick {
  readonly x: number;
  readonly atMs: number;
}

export const PICTURE = { width: 1000, height: 132, left: 70, right: 16, barHeight: 24 } as const;
export const LANES = { caller: 22, agent: 58, event: 94 } as const satisfies Record<StoryLine['lane'], number>;

const SHAPES: Readonly<Record<StoryKind, TimelineMark['shape']>> = {
  speech: 'bar',
  tool: 'bar',
  'tool-error': 'bar',
  interruption: 'triangle',
  renewal: 'circle',
  owner: 'diamond',
  handoff: 'star',
  operator: 'square',
  warning: 'diamond',
};

/** Narrower would not be seen, nor hit (WCAG 2.5.8 asks 24 px between targets; bars keep their gaps). */
const LEAST_WIDTH = 6;
const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].map((seconds) => seconds * 1000);
const MOST_TICKS = 10;

const scale = (lengthMs: number) => {
  const width = PICTURE.width - PICTURE.left - PICTURE.right;
  return (ms: number): number => PICTURE.left + (Math.min(ms, lengthMs) / lengthMs) * width;
};

/** Places every line of a story on its lane. */
export function marksOf(lines: readonly StoryLine[], lengthMs: number): readonly TimelineMark[] {
  const at = scale(lengthMs);
  return lines.map((line) => {
    const x = at(line.fromMs);
    const isMoment = line.kind === 'speech' && line.toMs === line.fromMs;
    return {
      line,
      x,
      y: LANES[line.lane],
      width: Math.max(LEAST_WIDTH, at(line.toMs) - x),
      shape: isMoment ? 'circle' : SHAPES[line.kind],
    };
  });
}

/** At most ten round times along a call. */
export function ticksOf(lengthMs: number): readonly TimelineTick[] {
  const at = scale(lengthMs);
  const step = STEPS_MS.find((ms) => lengthMs / ms <= MOST_TICKS) ?? Math.ceil(lengthMs / MOST_TICKS);
  return Array.from({ length: Math.floor(lengthMs / step) + 1 }, (_, index) => ({
    x: at(index * step),
    atMs: index * step,
  }));
}

/** Which mark the keys lead to: arrows one on, Home and End to the ends; undefined for other keys. */
export function nextMark(key: string, index: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return Math.min(count - 1, index + 1);
    case 'ArrowLeft':
    case 'ArrowUp':
      return Math.max(0, index - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

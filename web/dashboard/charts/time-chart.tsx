import 'uplot/dist/uPlot.min.css';
import './charts.css';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import { useEffect, useRef, useState } from 'react';
import Plot from 'uplot';
import { useScrollStop } from '../shell/use-scroll-stop.ts';
import { useTheme } from '../shell/use-theme.ts';
import { type ChartColors, chartColors } from './chart-colors.ts';
import { type ChartData, chartRows, chartSummary, periodName } from './chart-data.ts';

const HEIGHT_PX = 200;
const FONT = '12px "Open Sans", sans-serif';

/** A chart over time; the same as a table is below it, for who does not see it or wants the figures. */
export function TimeChart({ data }: { readonly data: ChartData }) {
  const { dark } = useTheme();
  const colors = chartColors(dark);
  const [at, setAt] = useState<number>();
  const place = usePlot(data, dark, setAt);
  return (
    <figure style={{ margin: 0 }}>
      <div ref={place} className="chart-plot" role="img" aria-label={chartSummary(data)} />
      <Legend data={data} colors={colors} at={at} />
      <ExpandableSection headerText="As a table" headerAriaLabel={`${data.title} as a table`}>
        <ChartTable data={data} />
      </ExpandableSection>
    </figure>
  );
}

/** Draws into the element of the reference, again when data, colours or the width change. */
function usePlot(data: ChartData, dark: boolean, pointed: (index: number | undefined) => void) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const options = optionsOf(data, chartColors(dark), element.clientWidth);
    options.hooks = { setCursor: [({ cursor }) => pointed(cursor.idx ?? undefined)] };
    const plot = new Plot(options, [[...data.times], ...data.series.map(({ values }) => [...values])], element);
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) plot.setSize({ width: element.clientWidth, height: HEIGHT_PX });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [data, dark, pointed]);
  return place;
}

/** Bars of a period fill 70% of its width, and never more than 40 px. */
const BARS = Plot.paths.bars?.({ size: [0.7, 40] });
/** 1, 2, 5, 10, … between the lines of a count. */
const WHOLE_STEPS = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
const LINES = Plot.paths.linear?.();

function optionsOf(data: ChartData, colors: ChartColors, width: number): Plot.Options {
  const axis: Plot.Axis = {
    stroke: colors.text,
    font: FONT,
    grid: { stroke: colors.grid, width: 1 },
    ticks: { stroke: colors.grid, width: 1 },
  };
  const paths = data.kind === 'bars' ? BARS : LINES;
  const step = data.granularity === 'day' ? 86_400 : 3600;
  return {
    width,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false }, points: { show: data.kind === 'lines' } },
    tzDate: (seconds) => Plot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    scales: {
      // Half a period on either side, so that the first and the last bar are whole.
      x: { range: (_, min, max) => [min - step / 2, max + step / 2] },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] },
    },
    axes: [
      { ...axis, grid: { show: false }, values: (_, times) => times.map((time) => axisTime(time, step)) },
      {
        ...axis,
        size: 64,
        values: (_, values) => values.map((value) => data.format(value)),
        ...(data.isCount ? { incrs: WHOLE_STEPS } : {}),
      },
    ],
    series: [
      {},
      ...data.series.map(({ name }, index): Plot.Series => {
        const stroke = colors.series[index % colors.series.length] ?? colors.text;
        return {
          label: name,
          stroke,
          width: 2,
          spanGaps: false,
          points: { show: data.kind === 'lines', size: 5, fill: stroke },
          ...(data.kind === 'bars' ? { fill: stroke } : {}),
          ...(paths === undefined ? {} : { paths }),
        };
      }),
    ],
  };
}

const axisTime = (unixSeconds: number, step: number): string => {
  const isMidnight = unixSeconds % 86_400 === 0;
  if (step < 86_400 && !isMidnight) return new Date(unixSeconds * 1000).toISOString().slice(11, 16);
  return isMidnight ? periodName(unixSeconds, 'day') : '';
};

interface LegendProps {
  readonly data: ChartData;
  readonly colors: ChartColors;
  /** The period that is pointed at. */
  readonly at: number | undefined;
}

function Legend({ data, colors, at }: LegendProps) {
  const time = at === undefined ? undefined : data.times[at];
  return (
    <ul className="chart-legend" aria-label={`Legend of ${data.title}`}>
      {data.series.map(({ name, values }, index) => {
        const value = at === undefined ? null : (values[at] ?? null);
        return (
          <li key={name}>
            <span className="chart-swatch" style={{ background: colors.series[index % colors.series.length] }} />
            {name}
            {value !== null && <b>{data.format(value)}</b>}
          </li>
        );
      })}
      {time !== undefined && <li aria-hidden="true">{periodName(time, data.granularity)}</li>}
    </ul>
  );
}

function ChartTable({ data }: { readonly data: ChartData }) {
  const region = useRef<HTMLElement>(null);
  const tabIndex = useScrollStop(region, data);
  return (
    <section ref={region} className="chart-table" tabIndex={tabIndex} aria-label={`${data.title}, period by period`}>
      <table>
        <thead>
          <tr>
            <th scope="col">{data.granularity === 'day' ? 'Day (UTC)' : 'Hour (UTC)'}</th>
            {data.series.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {chartRows(data).map(([period, ...values], row) => (
            <tr key={data.times[row]}>
              <th scope="row">{period}</th>
              {values.map((value, column) => (
                <td key={data.series[column]?.name}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Cloudscape's colours for charts, first to fourth series: each 3:1 against the page and told apart by the colour-blind. */
const SERIES = {
  light: ['#0073bb', '#a33ea1', '#067f68', '#a35d00'],
  dark: ['#6ab7ff', '#e07fdd', '#2ea597', '#e07941'],
} as const;

/** What a chart is drawn with. A canvas knows nothing of a page's styles. */
export interface ChartColors {
  readonly series: readonly string[];
  readonly text: string;
  readonly grid: string;
}

export const chartColors = (dark: boolean): ChartColors =>
  dark
    ? { series: SERIES.dark, text: '#c6c6cd', grid: '#424650' }
    : { series: SERIES.light, text: '#424650', grid: '#dedee3' };

import DateRangePicker, { type DateRangePickerProps } from '@cloudscape-design/components/date-range-picker';
import { OFFERED, type Range, rangeObstacle } from './range.ts';

interface Props {
  readonly range: Range;
  readonly choose: (range: Range) => void;
}

/** The last hours or days, or days of the calendar; UTC. */
export function RangePicker({ range, choose }: Props) {
  return (
    <DateRangePicker
      value={pickedOf(range)}
      dateOnly
      hideTimeOffset
      showClearButton={false}
      placeholder="Choose a range"
      relativeOptions={OFFERED.map(({ amount, unit }) => ({
        key: `${amount}-${unit}`,
        amount,
        unit,
        type: 'relative',
      }))}
      customRelativeRangeUnits={['day', 'hour']}
      i18nStrings={{
        formatRelativeRange: ({ amount, unit }) => `Last ${amount} ${unit}${amount === 1 ? '' : 's'}`,
        renderSelectedAbsoluteRangeAriaLive: (from, to) => `From ${from} to ${to}`,
      }}
      isValidRange={(value) => {
        const chosen = rangeOf(value);
        const obstacle = chosen === undefined ? 'Choose a first and a last day.' : rangeObstacle(chosen);
        return obstacle === undefined ? { valid: true } : { valid: false, errorMessage: obstacle };
      }}
      onChange={({ detail }) => {
        const chosen = rangeOf(detail.value);
        if (chosen !== undefined) choose(chosen);
      }}
    />
  );
}

const pickedOf = (range: Range): DateRangePickerProps.Value =>
  range.kind === 'last'
    ? { type: 'relative', amount: range.amount, unit: range.unit }
    : { type: 'absolute', startDate: range.from, endDate: range.to };

function rangeOf(value: DateRangePickerProps.Value | null): Range | undefined {
  if (value === null) return undefined;
  if (value.type === 'relative') {
    const unit = value.unit === 'hour' ? 'hour' : 'day';
    return { kind: 'last', amount: value.amount, unit };
  }
  const [from, to] = [value.startDate.slice(0, 10), value.endDate.slice(0, 10)];
  return from === '' || to === '' ? undefined : { kind: 'days', from, to };
}

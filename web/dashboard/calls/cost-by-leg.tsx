import Box from '@cloudscape-design/components/box';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { CallRow } from './call-types.ts';
import { asDollars, asSentence } from './words.ts';

/** What a call cost, by what it was spent on; legs that cost nothing are left out. */
export function CostByLeg({ cost }: Pick<CallRow, 'cost'>) {
  const legs = Object.entries(cost.legs).filter(([, { microUsd }]) => microUsd > 0);
  if (legs.length === 0) return <Box color="text-body-secondary">Nothing has been charged.</Box>;
  return (
    <KeyValuePairs
      columns={3}
      items={[
        ...legs.map(([leg, { microUsd }]) => ({
          label: asSentence(leg),
          value: `${asDollars(microUsd)} (${Math.round((microUsd / Math.max(1, cost.total.microUsd)) * 100)}%)`,
        })),
        { label: 'Total', value: <b>{asDollars(cost.total.microUsd)}</b> },
      ]}
    />
  );
}

import Box from '@cloudscape-design/components/box';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { asBytes } from '../agents/words.ts';
import type { UploadState } from './upload.ts';

const STATUS = { waiting: 'in-progress', sending: 'in-progress', done: 'success', failed: 'error' } as const;

const percent = ({ sentBytes, sizeBytes }: Pick<UploadState, 'sentBytes' | 'sizeBytes'>): number =>
  Math.round((sentBytes / Math.max(1, sizeBytes)) * 100);

/** How far each file is. */
export function UploadList({ states }: { readonly states: readonly UploadState[] }) {
  const done = states.filter(({ status }) => status === 'done').length;
  return (
    <SpaceBetween size="s">
      <Box variant="p" color="text-body-secondary">
        <span role="status">
          {done} of {states.length} files uploaded
        </span>
      </Box>
      <ul className="oratio-uploads" aria-label="Uploads">
        {states.map((state) => (
          <li key={state.path}>
            <ProgressBar
              label={state.path}
              description={asBytes(state.sizeBytes)}
              status={STATUS[state.status]}
              value={percent(state)}
              resultText={state.status === 'failed' ? (state.reason ?? 'Failed') : 'Uploaded'}
            />
          </li>
        ))}
      </ul>
    </SpaceBetween>
  );
}

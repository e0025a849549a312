import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { problemText } from './problem-text.ts';

/** What failed, why, and what to do: the error state of a page or a part of one. */
export function ProblemAlert({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const { title, text, errors, requestId } = problemText(error);
  return (
    <Alert type="error" header={title} action={retry && <Button onClick={() => retry()}>Try again</Button>}>
      {text}
      {errors.length > 0 && (
        <ul>
          {errors.map(({ pointer, message }) => (
            <li key={`${pointer} ${message}`}>
              {pointer !== '' && <code>{pointer}</code>} {message}
            </li>
          ))}
        </ul>
      )}
      {requestId !== undefined && (
        <Box variant="small" display="block">
          Request {requestId}
        </Box>
      )}
    </Alert>
  );
}

import Box from '@cloudscape-design/components/box';
import Spinner from '@cloudscape-design/components/spinner';

/** Stands where a page is going to be. */
export function PageLoading({ what = 'Loading' }: { readonly what?: string }) {
  return (
    <div className="oratio-page-loading" role="status">
      <Spinner size="large" />
      <Box variant="p" color="text-body-secondary">
        {what}
      </Box>
    </div>
  );
}

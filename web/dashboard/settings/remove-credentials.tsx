import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import type { PlatformForm } from './credential-fields.ts';

export interface RemoveCredentialsProps {
  readonly form: PlatformForm;
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}

/** Asks before credentials are taken back. */
export function RemoveCredentials({ form, onClose, onRemoved }: RemoveCredentialsProps) {
  const client = useClient();
  const removing = useMutation({
    mutationFn: () => client.call('deleteChannelCredentials', { path: { platform: form.platform } }),
    onSuccess: onRemoved,
  });
  return (
    <Modal
      visible
      header={`Remove the credentials of ${form.title}?`}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={onClose}>Cancel</Button>
            <Button variant="primary" loading={removing.isPending} onClick={() => removing.mutate()}>
              Remove
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box variant="p">Agents no longer answer on channels of {form.title}, and its webhook is closed.</Box>
        {removing.error !== null && <ProblemAlert error={removing.error} />}
      </SpaceBetween>
    </Modal>
  );
}

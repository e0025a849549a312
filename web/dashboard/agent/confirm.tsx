import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';

interface ConfirmProps {
  readonly title: string;
  readonly action: string;
  readonly isBusy?: boolean;
  readonly onAnswer: (yes: boolean) => void;
  readonly children: ReactNode;
}

/** Asks whether it is meant. */
export function Confirm({ title, action, isBusy = false, onAnswer, children }: ConfirmProps) {
  return (
    <Modal
      visible
      header={title}
      closeAriaLabel="Close"
      onDismiss={() => onAnswer(false)}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={() => onAnswer(false)}>
              Cancel
            </Button>
            <Button variant="primary" loading={isBusy} onClick={() => onAnswer(true)}>
              {action}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      {children}
    </Modal>
  );
}

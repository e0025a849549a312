import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useState } from 'react';
import { errorAt } from '../calls/field-errors.ts';
import { TransferTarget } from './transfer-target.tsx';

interface Props {
  readonly agentId: string;
  /** Only a phone call can be put through. */
  readonly isPhone: boolean;
  readonly action: 'transfer' | 'end';
  /** Whether somebody is on the line yet. */
  readonly isAnswered: boolean;
  readonly pending: boolean;
  readonly error: unknown;
  readonly refusal: ReactNode;
  /** `to`: a number in place of the agent's; empty where none was written. */
  readonly confirm: (reason: string, to: string) => void;
  readonly cancel: () => void;
}

const WORDS = {
  transfer: {
    title: 'Transfer to a person?',
    text: 'The agent says that it passes the caller on, and leaves the call.',
    button: 'Transfer',
    hint: 'For the person who takes the call, and for the record.',
  },
  cancel: {
    title: 'End the call?',
    text: 'The phone stops ringing; nobody is called.',
    button: 'End the call',
    hint: 'For the record.',
  },
  end: {
    title: 'End the call?',
    text: 'The agent says goodbye, and the call is over.',
    button: 'End the call',
    hint: 'For the record.',
  },
} as const;

/** Asks before a call leaves our hands. */
export function ConfirmWish({ agentId, isPhone, action, isAnswered, pending, error, refusal, confirm, cancel }: Props) {
  const [reason, setReason] = useState('');
  const [to, setTo] = useState('');
  const words = WORDS[action === 'end' && !isAnswered ? 'cancel' : action];
  return (
    <Modal
      visible
      header={words.title}
      onDismiss={cancel}
      closeAriaLabel="Close"
      footer={
        <SpaceBetween size="xs" direction="horizontal" alignItems="end">
          <Button variant="link" onClick={cancel}>
            Cancel
          </Button>
          <Button variant="primary" loading={pending} onClick={() => confirm(reason.trim(), to.trim())}>
            {words.button}
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="m">
        {refusal}
        {words.text}
        {action === 'transfer' && isPhone && (
          <TransferTarget agentId={agentId} value={to} change={setTo} errorText={errorAt(error, '/to/phoneNumber')} />
        )}
        <FormField label="Reason" description={words.hint} errorText={errorAt(error, '/reason')} stretch>
          <Input value={reason} onChange={({ detail }) => setReason(detail.value)} />
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}

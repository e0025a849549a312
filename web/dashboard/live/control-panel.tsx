import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { memo, useState } from 'react';
import type { LiveCallView } from '../../../shared/live/live-views.ts';
import { besides, errorAt } from '../calls/field-errors.ts';
import { useOperatorName } from '../calls/use-operator-name.ts';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { ConfirmWish } from './confirm-wish.tsx';
import { ControllerLine } from './controller-line.tsx';
import type { CallMode } from './live-story.ts';
import { useCommand, type Wish } from './use-command.ts';
import { useController } from './use-controller.ts';

interface Props extends Pick<LiveCallView, 'callId' | 'agentId' | 'channel' | 'status' | 'controller'> {
  readonly mode: CallMode;
}

/** What an operator can do to a call that goes on. Not drawn for every word of it. */
export const ControlPanel = memo(function ControlPanel({
  callId,
  agentId,
  channel,
  status,
  mode,
  controller: told,
}: Props) {
  const controller = useController(callId, told);
  const holder = controller === null || controller.isYou ? undefined : controller.operator;
  const [text, setText] = useState('');
  const [toConfirm, setToConfirm] = useState<'transfer' | 'end'>();
  const command = useCommand(callId, ({ action }) => {
    if (action === 'whisper' || action === 'say' || action === 'takeover') setText('');
    setToConfirm(undefined);
  });
  const words = text.trim();
  const isMine = mode === 'operator';
  const isAnswered = status !== 'queued' && status !== 'ringing';
  const button = (
    action: Wish['action'],
    label: string,
    wish: Wish,
    more: { primary?: boolean; disabled?: boolean } = {},
  ) => (
    <Button
      variant={more.primary ? 'primary' : 'normal'}
      loading={command.pending === action}
      disabled={more.disabled ?? false}
      disabledReason="Write what shall be said first."
      onClick={() => command.ask(wish)}
    >
      {label}
    </Button>
  );
  return (
    <Container
      header={<Header variant="h2">Take part</Header>}
      footer={<ControllerLine callId={callId} controller={controller} />}
    >
      <SpaceBetween size="m">
        <Refusal command={command} controllerName={holder} />
        {isAnswered ? null : <Box>Nobody has answered yet: until then the call can be ended, and nothing else.</Box>}
        {isAnswered && (
          <FormField
            label={isMine ? 'Words to the caller' : 'Words'}
            description={
              isMine
                ? 'The agent is mute. Its voice speaks what you write.'
                : 'Whispered, only the agent knows them; said, its voice speaks exactly these.'
            }
            errorText={errorAt(command.error, '/text')}
            stretch
          >
            <Textarea value={text} rows={2} onChange={({ detail }) => setText(detail.value)} />
          </FormField>
        )}
        <SpaceBetween size="xs" direction="horizontal">
          {isAnswered &&
            !isMine &&
            button('whisper', 'Whisper', { action: 'whisper', text: words }, { primary: true, disabled: words === '' })}
          {isAnswered &&
            button(
              'say',
              isMine ? 'Say' : 'Say exactly this',
              { action: 'say', text: words },
              { primary: isMine, disabled: words === '' },
            )}
          {isAnswered &&
            !isMine &&
            button('takeover', 'Take over by text', { action: 'takeover', ...(words === '' ? {} : { text: words }) })}
          {isAnswered && mode === 'agent' && button('hold', 'Hold', { action: 'hold' })}
          {isAnswered &&
            mode !== 'agent' &&
            button('resume', isMine ? 'Give back to the agent' : 'Resume', { action: 'resume' })}
          {isAnswered && <Button onClick={() => setToConfirm('transfer')}>Transfer to a person…</Button>}
          <Button onClick={() => setToConfirm('end')}>End the call…</Button>
        </SpaceBetween>
      </SpaceBetween>
      {toConfirm !== undefined && (
        <ConfirmWish
          agentId={agentId}
          isPhone={channel === 'phone'}
          action={toConfirm}
          isAnswered={isAnswered}
          pending={command.pending === toConfirm}
          error={command.takeAnyway === undefined ? command.error : undefined}
          refusal={<Refusal command={command} controllerName={holder} />}
          confirm={(reason, to) => command.ask(wishOf(toConfirm, reason, to))}
          cancel={() => {
            command.dismiss();
            setToConfirm(undefined);
          }}
        />
      )}
    </Container>
  );
});

const wishOf = (action: 'transfer' | 'end', reason: string, phoneNumber: string): Wish => {
  const why = reason === '' ? {} : { reason };
  if (action === 'end') return { action, ...why };
  return { action, ...why, ...(phoneNumber === '' ? {} : { to: { phoneNumber } }) };
};

interface RefusalProps {
  readonly command: Pick<ReturnType<typeof useCommand>, 'error' | 'takeAnyway' | 'dismiss' | 'pending'>;
  readonly controllerName: string | undefined;
}

/** Why a command was not taken; when somebody else has the call, with a way to take it all the same. */
function Refusal({ command, controllerName }: RefusalProps) {
  const nameOf = useOperatorName();
  const { error, takeAnyway, dismiss, pending } = command;
  if (takeAnyway !== undefined && error !== null) {
    return (
      <Alert
        type="warning"
        header={
          controllerName === undefined ? 'Somebody else has this call' : `${nameOf(controllerName)} has this call`
        }
        dismissible
        onDismiss={dismiss}
        dismissAriaLabel="Leave it to them"
        action={
          <Button loading={pending !== undefined} onClick={takeAnyway}>
            Take anyway
          </Button>
        }
      >
        {'detail' in error && typeof error.detail === 'string' ? error.detail : error.message}
        <Box variant="small" display="block">
          Two people who steer one call confuse the caller. Ask them first.
        </Box>
      </Alert>
    );
  }
  const rest = error === null ? undefined : besides(error, ['/text', '/reason', '/to/phoneNumber']);
  return rest === undefined ? null : <ProblemAlert error={rest} />;
}

import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../shell/use-client.ts';

interface Props {
  readonly agentId: string;
  /** Another number than the agent's settings name; empty: theirs. */
  readonly value: string;
  readonly change: (phoneNumber: string) => void;
  readonly errorText: string | undefined;
}

/** Where the caller goes on: whom the agent's settings name, unless another number is written. */
export function TransferTarget({ agentId, value, change, errorText }: Props) {
  const client = useClient();
  const settings = useQuery({
    queryKey: ['voice settings', agentId],
    queryFn: async () => (await client.call('getVoiceSettings', { path: { agentId } })).data,
  });
  return (
    <FormField
      label="Put through to"
      description={settings.isSuccess ? whereTo(settings.data.transfer ?? undefined) : undefined}
      constraintText="Another number, as +12025550142; leave it empty for the agent’s."
      errorText={errorText}
      stretch
    >
      <Input
        value={value}
        inputMode="tel"
        placeholder={settings.data?.transfer?.phoneNumber ?? ''}
        onChange={({ detail }) => change(detail.value)}
      />
    </FormField>
  );
}

const whereTo = (
  target: { readonly phoneNumber?: string | undefined; readonly ringSeconds: number } | undefined,
): string =>
  target?.phoneNumber === undefined
    ? 'The agent’s settings name nobody: without a number the call ends.'
    : `The agent’s settings name ${target.phoneNumber}; it rings there for ${target.ringSeconds} seconds.`;

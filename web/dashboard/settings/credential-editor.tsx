import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { OratioProblem } from '../../../client/index.ts';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import { errorsByField, missingFields, type PlatformForm, typedIn } from './credential-fields.ts';

export interface CredentialEditorProps {
  readonly form: PlatformForm;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

/** Takes new credentials of a platform; all former ones are replaced. */
export function CredentialEditor({ form, onClose, onSaved }: CredentialEditorProps) {
  const client = useClient();
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [tried, setTried] = useState(false);
  const saving = useMutation({
    mutationFn: () =>
      client.call('putChannelCredentials', { path: { platform: form.platform }, body: typedIn(values) }),
    onSuccess: onSaved,
  });
  const missing = tried ? missingFields(form, values) : [];
  const refused = saving.error instanceof OratioProblem ? errorsByField(saving.error.errors) : {};
  const errorOf = (name: string): string => (missing.includes(name) ? 'This is needed.' : (refused[name] ?? ''));
  const submit = (): void => {
    setTried(true);
    if (missingFields(form, values).length === 0) saving.mutate();
  };
  return (
    <Modal visible header={`Credentials of ${form.title}`} closeAriaLabel="Close" onDismiss={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Form
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button formAction="none" onClick={onClose}>
                Cancel
              </Button>
              <Button variant="primary" loading={saving.isPending}>
                Save
              </Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="m">
            <Box variant="p">What was kept before is replaced as a whole. Secrets are never shown again.</Box>
            {saving.error !== null && <ProblemAlert error={saving.error} />}
            {form.fields.map(({ name, label, description, secret, required }) => (
              <FormField
                key={name}
                label={required ? label : `${label} (optional)`}
                description={description}
                errorText={errorOf(name)}
              >
                <Input
                  value={values[name] ?? ''}
                  type={secret ? 'password' : 'text'}
                  autoComplete="off"
                  onChange={({ detail }) => setValues((known) => ({ ...known, [name]: detail.value }))}
                />
              </FormField>
            ))}
          </SpaceBetween>
        </Form>
      </form>
    </Modal>
  );
}

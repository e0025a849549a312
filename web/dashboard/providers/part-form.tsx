import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import type { ProviderPart } from '../../../shared/providers/provider-names.ts';
import { errorAt } from '../calls/field-errors.ts';
import { draftFor, missingFields, type PartDraft } from './provider-draft.ts';
import { PART_NAMES, PROVIDER_TABLE, type ProviderField, providerInfo } from './provider-table.ts';
import { ProviderTest } from './provider-test.tsx';

interface Props {
  readonly agentId: string;
  readonly part: ProviderPart;
  readonly draft: PartDraft;
  readonly keyLastFour: string | null;
  /** Of the last save: pointers into its body. */
  readonly error: unknown;
  readonly change: (draft: PartDraft) => void;
}

/** One part of an agent: whose service it is. */
export function PartForm({ agentId, part, draft, keyLastFour, error, change }: Props) {
  const info = providerInfo(part, draft.provider);
  const providers = Object.entries(PROVIDER_TABLE[part]).map(([value, { label }]) => ({ value, label }));
  const chosen = providers.find(({ value }) => value === draft.provider);
  return (
    <Container header={<Header variant="h2">{PART_NAMES[part]}</Header>}>
      <SpaceBetween size="m">
        <FormField label="Provider" errorText={errorAt(error, `/${part}/provider`)} stretch>
          <Select
            selectedOption={chosen ?? { value: draft.provider, label: draft.provider }}
            options={providers}
            onChange={({ detail }) => change(draftFor(detail.selectedOption.value ?? draft.provider))}
          />
        </FormField>
        <ColumnLayout columns={2}>
          {info.fields.map((field) => (
            <TextField key={field} field={field} part={part} draft={draft} error={error} change={change} />
          ))}
          {info.hasKey && <KeyField part={part} draft={draft} lastFour={keyLastFour} error={error} change={change} />}
        </ColumnLayout>
        <ProviderTest
          // Another provider, another test.
          key={draft.provider}
          agentId={agentId}
          part={part}
          draft={draft}
          missing={missingFields(part, draft).map((field) => FIELD_WORDS[field].label)}
        />
      </SpaceBetween>
    </Container>
  );
}

const FIELD_WORDS: Readonly<Record<ProviderField, { readonly label: string; readonly description?: string }>> = {
  model: { label: 'Model' },
  voice: { label: 'Voice', description: 'A name or id of the provider’s.' },
  apiUrl: { label: 'Address', description: 'Reachable from the internet; redirects are not followed.' },
  completionsPath: { label: 'Path of completions', description: 'Below the address.' },
  path: { label: 'Path', description: 'Below the address.' },
  sampleRateHertz: { label: 'Sample rate', description: 'Hertz, of the audio it gives or takes.' },
};

/** Sample rates that the API takes. */
const RATES = ['8000', '16000', '22050', '24000', '44100', '48000'];

type FieldProps = Pick<Props, 'part' | 'draft' | 'error' | 'change'>;

function TextField({ field, part, draft, error, change }: FieldProps & { readonly field: ProviderField }) {
  const { label, description } = FIELD_WORDS[field];
  const { needs, usual } = providerInfo(part, draft.provider);
  const isNeeded = needs.includes(field);
  return (
    <FormField
      label={isNeeded ? label : <OptionalLabel>{label}</OptionalLabel>}
      constraintText={description}
      errorText={errorAt(error, `/${part}/${field}`)}
      stretch
    >
      {field === 'sampleRateHertz' ? (
        <Select
          selectedOption={draft[field] === '' ? null : { value: draft[field], label: draft[field] }}
          placeholder={usual[field] ?? 'As the provider has it'}
          options={RATES.map((value) => ({ value, label: value }))}
          onChange={({ detail }) => change({ ...draft, [field]: detail.selectedOption.value ?? '' })}
        />
      ) : (
        <Input
          value={draft[field]}
          placeholder={usual[field] ?? ''}
          spellcheck={false}
          onChange={({ detail }) => change({ ...draft, [field]: detail.value })}
        />
      )}
    </FormField>
  );
}

const OptionalLabel = ({ children }: { readonly children: ReactNode }) => (
  <>
    {children} <i>(optional)</i>
  </>
);

function KeyField({ part, draft, lastFour, error, change }: FieldProps & { readonly lastFour: string | null }) {
  return (
    <FormField
      label="Key"
      description={lastFour === null ? 'There is none yet.' : `We keep one that ends in ${lastFour}.`}
      errorText={errorAt(error, `/${part}/apiKey`)}
      secondaryControl={
        draft.apiKey === '' ? undefined : (
          <Button onClick={() => change({ ...draft, apiKey: '' })}>
            {lastFour === null ? 'Clear' : 'Keep the old one'}
          </Button>
        )
      }
      stretch
    >
      <SpaceBetween size="xs">
        <Input
          type="password"
          value={draft.apiKey}
          disabled={draft.removesKey}
          placeholder={lastFour === null ? '' : `••••${lastFour}`}
          autoComplete="off"
          spellcheck={false}
          onChange={({ detail }) => change({ ...draft, apiKey: detail.value })}
        />
        {lastFour !== null && (
          <Checkbox
            checked={draft.removesKey}
            onChange={({ detail }) => change({ ...draft, removesKey: detail.checked, apiKey: '' })}
          >
            Remove the key
          </Checkbox>
        )}
      </SpaceBetween>
    </FormField>
  );
}

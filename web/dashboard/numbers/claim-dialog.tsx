import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { besides, errorAt } from '../calls/field-errors.ts';
import { asSentence } from '../calls/words.ts';
import { useNotify } from '../shell/notifications.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import type { NumberRow, Offer } from './number-types.ts';
import { COUNTRIES, capabilityWords, countryName, PROVIDER_NAMES } from './number-words.ts';

interface Search {
  readonly provider: NumberRow['provider'];
  readonly country: string;
  readonly type: 'local' | 'toll-free' | 'mobile';
  readonly areaCode: string;
}

const POINTERS = ['/query/country', '/query/type', '/query/areaCode', '/query/provider'];

/** Searches numbers that can be had, and claims one. */
export function ClaimDialog({ close }: { readonly close: () => void }) {
  const client = useClient();
  const queries = useQueryClient();
  const notify = useNotify();
  const [search, setSearch] = useState<Search>({ provider: 'twilio', country: 'US', type: 'local', areaCode: '' });
  const [chosen, setChosen] = useState<Offer>();
  const find = useMutation({
    mutationFn: async ({ areaCode, ...query }: Search) => {
      const { data } = await client.call('listPhoneNumberOffers', {
        query: { ...query, ...(areaCode === '' ? {} : { areaCode }) },
      });
      return data.offers;
    },
    onMutate: () => setChosen(undefined),
  });
  const claim = useMutation({
    mutationFn: ({ provider, country, phoneNumber }: Offer) =>
      client.call('claimPhoneNumber', { body: { provider, country, type: search.type, phoneNumber } }),
    onSuccess: ({ data }) => {
      notify({ type: 'success', content: `${data.phoneNumber} is yours. Assign it to an agent.` });
      close();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['phone-numbers'] }),
  });
  const rest = claim.error ?? (find.error ? besides(find.error, POINTERS) : undefined);
  return (
    <Modal
      visible
      size="large"
      header="Claim a number"
      closeAriaLabel="Close"
      onDismiss={close}
      footer={
        <SpaceBetween size="xs" direction="horizontal">
          <Button variant="link" onClick={close}>
            Cancel
          </Button>
          <Button
            variant="primary"
            disabled={chosen === undefined}
            loading={claim.isPending}
            onClick={() => chosen && claim.mutate(chosen)}
          >
            {chosen === undefined ? 'Claim' : `Claim ${chosen.phoneNumber}`}
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="m">
        {rest !== undefined && <ProblemAlert error={rest} />}
        <SearchForm search={search} change={setSearch} error={find.error} />
        <Button loading={find.isPending} onClick={() => find.mutate(search)}>
          Search
        </Button>
        {find.data && <Offers offers={find.data} chosen={chosen} choose={setChosen} />}
        <Box variant="small">The provider charges for a number from when it is claimed until it is released.</Box>
      </SpaceBetween>
    </Modal>
  );
}

interface FormProps {
  readonly search: Search;
  readonly change: (search: Search) => void;
  readonly error: unknown;
}

function SearchForm({ search, change, error }: FormProps) {
  const providers = (['twilio', 'connect'] as const).map((value) => ({ value, label: PROVIDER_NAMES[value] }));
  const countries = COUNTRIES.map((value) => ({ value, label: countryName(value), description: value }));
  const allTypes = (['local', 'toll-free', 'mobile'] as const).map((value) => ({ value, label: asSentence(value) }));
  // Amazon Connect has no mobile numbers.
  const types = search.provider === 'connect' ? allTypes.filter(({ value }) => value !== 'mobile') : allTypes;
  const provider = providers.find(({ value }) => value === search.provider) ?? null;
  const type = types.find(({ value }) => value === search.type) ?? types[0] ?? null;
  return (
    <ColumnLayout columns={2}>
      <FormField label="Provider" errorText={errorAt(error, '/query/provider')} stretch>
        <Select
          selectedOption={provider}
          options={providers}
          onChange={({ detail }) => {
            const next = detail.selectedOption.value === 'connect' ? 'connect' : 'twilio';
            const kind = next === 'connect' && search.type === 'mobile' ? 'local' : search.type;
            change({ ...search, provider: next, type: kind });
          }}
        />
      </FormField>
      <FormField label="Country" errorText={errorAt(error, '/query/country')} stretch>
        <Select
          selectedOption={countries.find(({ value }) => value === search.country) ?? null}
          options={countries}
          filteringType="auto"
          onChange={({ detail }) => change({ ...search, country: detail.selectedOption.value ?? 'US' })}
        />
      </FormField>
      <FormField label="Type" errorText={errorAt(error, '/query/type')} stretch>
        <Select
          selectedOption={type}
          options={types}
          onChange={({ detail }) => {
            const chosen = allTypes.find(({ value }) => value === detail.selectedOption.value);
            change({ ...search, type: chosen?.value ?? 'local' });
          }}
        />
      </FormField>
      <FormField
        label="Area code"
        description="Optional; after the country code."
        errorText={errorAt(error, '/query/areaCode')}
        stretch
      >
        <Input
          value={search.areaCode}
          inputMode="numeric"
          placeholder="206"
          onChange={({ detail }) => change({ ...search, areaCode: detail.value.trim() })}
        />
      </FormField>
    </ColumnLayout>
  );
}

interface OffersProps {
  readonly offers: readonly Offer[];
  readonly chosen: Offer | undefined;
  readonly choose: (offer: Offer | undefined) => void;
}

function Offers({ offers, chosen, choose }: OffersProps) {
  return (
    <Table
      variant="embedded"
      items={[...offers]}
      trackBy="phoneNumber"
      selectionType="single"
      selectedItems={chosen === undefined ? [] : [chosen]}
      onSelectionChange={({ detail }) => choose(detail.selectedItems[0])}
      ariaLabels={{
        tableLabel: 'Numbers that can be claimed',
        selectionGroupLabel: 'The number to claim',
        itemSelectionLabel: (_, offer) => `Choose ${offer.phoneNumber}`,
      }}
      empty="No such number can be had. Try another area or type."
      columnDefinitions={[
        { id: 'number', header: 'Number', isRowHeader: true, cell: (offer) => offer.phoneNumber },
        {
          id: 'where',
          header: 'Where',
          cell: (offer) => [offer.locality, offer.region].filter(Boolean).join(', ') || '–',
        },
        { id: 'can', header: 'Can', cell: (offer) => capabilityWords(offer.capabilities) },
      ]}
    />
  );
}

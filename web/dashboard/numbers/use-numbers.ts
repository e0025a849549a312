import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../shell/use-client.ts';
import type { Assignment, Direction } from './assignment.ts';
import type { NumberRow } from './number-types.ts';

const KEY = ['phone-numbers'];

/** All numbers that are the tenant's, or that it may assign. */
export function useNumbers() {
  const client = useClient();
  return useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      const numbers: NumberRow[] = [];
      for await (const number of client.items('listPhoneNumbers', { query: { limit: 100 }, signal }))
        numbers.push(number);
      return numbers;
    },
  });
}

/** What can be done with one number; the list is read again after each, whether it worked or not. */
export function useNumberActions() {
  const client = useClient();
  const queries = useQueryClient();
  const onSettled = () => queries.invalidateQueries({ queryKey: KEY });
  return {
    assign: useMutation({
      mutationFn: ({ phoneNumber, body }: Pick<NumberRow, 'phoneNumber'> & Pick<Assignment, 'body'>) =>
        client.call('assignPhoneNumber', { path: { phoneNumber }, body }),
      onSettled,
    }),
    free: useMutation({
      mutationFn: ({ phoneNumber, ...query }: { phoneNumber: string; direction: Direction; agentId: string }) =>
        client.call('freePhoneNumber', { path: { phoneNumber }, query }),
      onSettled,
    }),
    release: useMutation({
      mutationFn: (phoneNumber: string) => client.call('releasePhoneNumber', { path: { phoneNumber } }),
      onSettled,
    }),
    sync: useMutation({ mutationFn: async () => (await client.call('syncPhoneNumbers')).data, onSettled }),
  };
}

export type NumberActions = ReturnType<typeof useNumberActions>;

import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { OratioProblem } from '../../../client/index.ts';
import { useNotify } from '../shell/notifications.tsx';

interface ChangeOptions<Input, Output> {
  readonly agentId: string;
  readonly change: (input: Input) => Promise<Output>;
  /** Above the page when it worked. */
  readonly done?: string;
  readonly onDone?: (output: Output, input: Input) => void;
  /** Where a problem is shown beside its field instead of above the page. */
  readonly isShownInForm?: boolean;
}

/** A change of an agent: what is known of the agent is read anew afterwards, whether it worked or not. */
export function useChange<Input, Output>({
  agentId,
  change,
  done,
  onDone,
  isShownInForm = false,
}: ChangeOptions<Input, Output>): UseMutationResult<Output, Error, Input> {
  const queries = useQueryClient();
  const notify = useNotify();
  return useMutation({
    mutationFn: change,
    onSuccess: (output, input) => {
      if (done !== undefined) notify({ type: 'success', header: done, id: `change ${agentId}` });
      onDone?.(output, input);
    },
    onError: (error) => {
      if (!isShownInForm) notify.problem(error);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['agent', agentId] }),
  });
}

/** What a refused change says of one place of its body; undefined when it says nothing of it. */
export const faultAt = (error: unknown, pointer: string): string | undefined =>
  error instanceof OratioProblem ? error.errors.find((one) => one.pointer === pointer)?.message : undefined;

/** Whether a refusal says something that no field shows. */
export const isElsewhere = (error: unknown, pointers: readonly string[]): boolean =>
  error !== null &&
  error !== undefined &&
  !(error instanceof OratioProblem && error.errors.some(({ pointer }) => pointers.includes(pointer)));

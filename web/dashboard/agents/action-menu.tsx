import ButtonDropdown, { type ButtonDropdownProps } from '@cloudscape-design/components/button-dropdown';
import type { AgentSummary } from './agent-types.ts';
import { ACTION_WORDS, type AgentAction, actionsFor } from './lifecycle.ts';

const ORDER: readonly AgentAction[] = ['start', 'resume', 'pause', 'stop', 'delete'];

const isAction = (id: string): id is AgentAction => ORDER.some((action) => action === id);

interface ActionMenuProps {
  readonly agent: Pick<AgentSummary, 'agentName' | 'status'>;
  readonly onAction: (action: AgentAction) => void;
  /** A sign instead of a word: for cards and rows. */
  readonly isIcon?: boolean;
}

/** What may be done to an agent now; the rest is there but cannot be chosen. */
export function ActionMenu({ agent, onAction, isIcon = false }: ActionMenuProps) {
  const allowed = actionsFor(agent);
  const items: ButtonDropdownProps.Item[] = ORDER.map((action) => ({
    id: action,
    text: ACTION_WORDS[action].text,
    disabled: !allowed.includes(action),
  }));
  return (
    <ButtonDropdown
      items={items}
      variant={isIcon ? 'icon' : 'normal'}
      ariaLabel={`Actions for ${agent.agentName}`}
      expandToViewport
      onItemClick={({ detail }) => {
        if (isAction(detail.id)) onAction(detail.id);
      }}
    >
      {isIcon ? undefined : 'Actions'}
    </ButtonDropdown>
  );
}

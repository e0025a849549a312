/** What the rogue AgentCreator does wrong; the name of an agent asks for one. */
export type Vice =
  | 'nothing'
  | 'endless loop'
  | 'nonsense'
  | 'forbidden imports'
  | 'loop in a tool'
  | 'learns from findings';

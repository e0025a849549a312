/** How agents are shown. */
export type View = 'cards' | 'table';

const KEY = 'oratio.agents.view';

/** As it was the last time in this browser. */
export const keptView = (): View => (localStorage.getItem(KEY) === 'table' ? 'table' : 'cards');

export const keepView = (view: View): void => localStorage.setItem(KEY, view);

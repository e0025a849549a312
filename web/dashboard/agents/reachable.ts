/** For what scrolls: the keyboard reaches it, too, where a browser does not see to that by itself. Given as `ref`. */
export const reachable = (element: HTMLElement | null): void => {
  if (element) element.tabIndex = 0;
};

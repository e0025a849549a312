interface CitedAnswer {
  readonly answer: string;
  readonly citations: readonly { readonly marker: number }[];
}

/** An answer for a channel that shows no citations: without the markers that point to them. */
export const plainAnswer = ({ answer, citations }: CitedAnswer): string => {
  const markers = new Set(citations.map(({ marker }) => String(marker)));
  return answer.replace(/\s*\[(\d+)\]/g, (match, digits: string) => (markers.has(digits) ? '' : match)).trim();
};

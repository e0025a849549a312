/** A business small enough that a test can make many of it. */
export interface Business {
  readonly fields: Readonly<Record<string, string>>;
  readonly descriptions: object;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}

export const BIKE_SHOP: Business = {
  fields: {
    agentName: 'Spoke and Chain',
    agentType: 'text',
    sop: `# Bicycle workshop

## Greeting
1. Greet the customer with "Spoke and Chain, good day".

## Repairs
2. Answer questions about prices and repair times only from the price list.
3. To book a repair, ask for the name and the day the customer wants to bring the bicycle.
4. Never promise that a repair is finished on a given day.

## Handover
5. If the customer reports an accident, hand over to a person at once.
`,
    knowledgeBaseDescription: 'Prices, repair times and opening hours of the workshop.',
    humanHandoffDescription: 'Hand over when somebody reports an accident or asks for a person.',
  },
  descriptions: {
    prices: { 'price-list.md': 'Price list of repairs' },
    'hours.txt': 'Opening hours',
  },
  files: {
    'prices/price-list.md':
      '# Price list\n\n| Repair | Price | Time |\n|---|---|---|\n| Puncture | 15 euros | 20 minutes |\n| New chain | 45 euros | one hour |\n| Brake service | 60 euros | half a day |\n',
    'hours.txt': 'The workshop is open Monday to Friday from 8:00 to 18:00 and on Saturday from 9:00 to 13:00.\n',
  },
};

interface Changes {
  readonly fields?: Readonly<Record<string, string | undefined>>;
  readonly descriptions?: unknown;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** The business as the multipart form of `POST /agents`, with the changes a test is about; a field set to undefined is left out. */
export function formOf(business: Business, changes: Changes = {}): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...business.fields, ...changes.fields }))
    if (value !== undefined) form.append(name, value);
  const descriptions = 'descriptions' in changes ? changes.descriptions : business.descriptions;
  if (descriptions !== undefined)
    form.append(
      'folderFileDescriptions',
      typeof descriptions === 'string' ? descriptions : JSON.stringify(descriptions),
    );
  for (const [path, content] of Object.entries(changes.files ?? business.files))
    form.append('files', new Blob([blobPart(content)]), path);
  return form;
}

/** TypeScript tells arrays over shared memory apart; a copy is over memory of its own. */
const blobPart = (content: string | Uint8Array): string | Uint8Array<ArrayBuffer> =>
  typeof content === 'string' ? content : new Uint8Array(content);

/** Writes the binary documents of the example business (`npm run make-example`): real files of real formats from the text below. */
import { createWriteStream, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { Document, HeadingLevel, Packer, Paragraph, Table, TableCell, TableRow } from 'docx';
import PDFDocument from 'pdfkit';
import writeXlsxFile, { type SheetData } from 'write-excel-file/node';

const FILES = resolve(import.meta.dirname, '../examples/cozy-comfort/files');
/** Fixed, so that making the files twice gives the same documents. */
const DATED = new Date('2026-09-01T00:00:00Z');

const COLUMNS = ['Article number', 'Product', 'Size (cm)', 'Filling', 'Suits', 'Price (EUR)', 'Availability'];

const DUVETS = [
  ['D-101', 'Alpine goose down duvet', '135 x 200', '90 % goose down', 'winter, people who feel cold', 249, 'in stock'],
  ['D-102', 'Alpine goose down duvet', '155 x 220', '90 % goose down', 'winter, people who feel cold', 319, 'in stock'],
  [
    'D-103',
    'Alpine goose down duvet',
    '200 x 200',
    '90 % goose down',
    'winter, people who feel cold',
    389,
    'out of stock until 15 January',
  ],
  ['D-111', 'Meadow wool duvet', '135 x 200', 'new wool', 'all year, people who sweat', 139, 'in stock'],
  ['D-112', 'Meadow wool duvet', '200 x 200', 'new wool', 'all year, people who sweat', 219, 'in stock'],
  ['D-121', 'Breeze cotton duvet', '135 x 200', 'organic cotton', 'summer, people who sleep warm', 79, 'in stock'],
  ['D-122', 'Breeze cotton duvet', '200 x 200', 'organic cotton', 'summer, people who sleep warm', 119, 'in stock'],
] as const;

const PILLOWS = [
  ['P-201', 'Side sleeper pillow', '40 x 80', 'latex flakes', 'side sleepers, broad shoulders', 69, 'in stock'],
  [
    'P-202',
    'Cloud down pillow',
    '80 x 80',
    '70 % down, 30 % feathers',
    'back sleepers who like it soft',
    89,
    'in stock',
  ],
  ['P-203', 'Flat cotton pillow', '40 x 60', 'organic cotton', 'stomach sleepers, children', 35, 'in stock'],
  [
    'P-204',
    'Bamboo memory pillow',
    '40 x 80',
    'memory foam, bamboo cover',
    'back and side sleepers',
    79,
    'out of stock until 10 December',
  ],
] as const;

const MATTRESSES = [
  [
    'M-301',
    'Harbour pocket spring mattress',
    '90 x 200',
    '1,000 pocket springs',
    'firmness medium, up to 110 kg',
    549,
    'in stock',
  ],
  [
    'M-302',
    'Harbour pocket spring mattress',
    '140 x 200',
    '1,600 pocket springs',
    'firmness medium, up to 110 kg',
    799,
    'in stock',
  ],
  [
    'M-303',
    'Harbour pocket spring mattress',
    '180 x 200',
    '2,000 pocket springs',
    'firmness medium, up to 110 kg',
    999,
    'in stock',
  ],
  [
    'M-311',
    'Forest natural latex mattress',
    '90 x 200',
    'natural latex',
    'firmness soft, up to 90 kg',
    699,
    'in stock',
  ],
  [
    'M-312',
    'Forest natural latex mattress',
    '180 x 200',
    'natural latex',
    'firmness soft, up to 90 kg',
    1249,
    'made to order, 4 weeks',
  ],
  ['T-401', 'Dune mattress topper', '90 x 200', 'cold foam, 7 cm', 'makes a hard mattress softer', 149, 'in stock'],
  ['T-402', 'Dune mattress topper', '180 x 200', 'cold foam, 7 cm', 'makes a hard mattress softer', 259, 'in stock'],
] as const;

const LINEN = [
  ['L-501', 'Percale duvet cover', '135 x 200', 'cotton percale', 'cool and crisp, summer', 59, 'in stock'],
  ['L-502', 'Percale duvet cover', '200 x 200', 'cotton percale', 'cool and crisp, summer', 85, 'in stock'],
  ['L-511', 'Satin duvet cover', '135 x 200', 'cotton satin', 'smooth, all year', 69, 'in stock'],
  ['L-521', 'Washed linen sheet', '180 x 200', 'linen', 'fitted sheet up to 30 cm high', 95, 'in stock'],
] as const;

type Article = readonly (string | number)[];

const sheet = (name: string, articles: readonly Article[]) => ({
  sheet: name,
  data: [
    COLUMNS.map((value) => ({ value, fontWeight: 'bold' as const })),
    ...articles.map((article) => article.map((value) => ({ value }))),
  ] as SheetData,
  columns: [{ width: 14 }, { width: 32 }, { width: 12 }, { width: 26 }, { width: 34 }, { width: 12 }, { width: 30 }],
});

async function makeCatalogue(): Promise<void> {
  await writeXlsxFile([
    sheet('Duvets', DUVETS),
    sheet('Pillows', PILLOWS),
    sheet('Mattresses and toppers', MATTRESSES),
    sheet('Bed linen', LINEN),
  ]).toFile(resolve(FILES, 'products/catalogue.xlsx'));
}

const RETURN_POLICY: readonly (readonly [string, readonly string[]])[] = [
  [
    'Returns within 30 days',
    [
      'You can return any article within 30 days after delivery, without giving a reason, if it is unused and in its original packaging.',
      'Opened pillows, toppers and duvets can be returned only if they are faulty, for reasons of hygiene.',
      'Articles made to order and gift cards cannot be returned.',
    ],
  ],
  [
    'Mattresses: 100 trial nights',
    [
      'You can return a mattress within 100 nights after delivery, even if you have slept on it, as long as it is clean and undamaged.',
      'We collect a returned mattress at your home free of charge within Germany and Austria. From other countries the collection costs 79 euros.',
      'Each customer can use the trial once a year.',
    ],
  ],
  [
    'How to return',
    [
      'Tell customer care your order number, your email address and the reason. You get the return label by email within one working day.',
      'Returning parcels is free within Germany. From other countries it costs 9.90 euros, which we subtract from the refund.',
    ],
  ],
  [
    'Refunds',
    [
      'We refund the price within 14 days after the goods arrive at our warehouse, to the means of payment you used.',
      'If the goods show more wear than trying them on a bed requires, we can subtract up to 50 percent.',
    ],
  ],
  [
    'Warranty',
    [
      'Besides your legal rights we give a warranty of ten years on the core of every pocket spring and latex mattress, and of two years on all other articles.',
      'A dent of more than two centimetres in a mattress counts as a fault. Stains, burns and wrong washing are not covered.',
    ],
  ],
];

async function makeReturnPolicy(): Promise<void> {
  const pdf = new PDFDocument({
    size: 'A4',
    margin: 64,
    info: { Title: 'Return policy', CreationDate: DATED, ModDate: DATED },
  });
  const file = createWriteStream(resolve(FILES, 'policies/return-policy.pdf'));
  pdf.pipe(file);
  pdf.font('Helvetica-Bold').fontSize(20).text('Return policy and warranty').moveDown(0.3);
  pdf.font('Helvetica').fontSize(10).text('Cozy Comfort, valid from 1 September 2026').moveDown();
  for (const [heading, paragraphs] of RETURN_POLICY) {
    pdf.font('Helvetica-Bold').fontSize(13).text(heading).moveDown(0.3);
    for (const paragraph of paragraphs) pdf.font('Helvetica').fontSize(11).text(paragraph).moveDown(0.5);
    pdf.moveDown(0.5);
  }
  pdf.end();
  await finished(file);
}

const DELIVERY = [
  ['Country', 'Parcels', 'Bulky goods (mattresses, toppers from 140 cm)', 'Shipping cost'],
  ['Germany', '2 to 4 working days', '5 to 10 working days', '4.90 euros, free from 60 euros; bulky goods 29 euros'],
  ['Austria', '3 to 5 working days', '7 to 12 working days', '7.90 euros, free from 100 euros; bulky goods 39 euros'],
  ['Switzerland', '4 to 7 working days', 'not delivered', '14.90 euros, customs included'],
  [
    'France, Belgium, Netherlands, Luxembourg',
    '3 to 6 working days',
    '8 to 14 working days',
    '9.90 euros; bulky goods 59 euros',
  ],
  ['Denmark, Sweden', '4 to 7 working days', 'not delivered', '12.90 euros'],
] as const;

const SHIPPING: readonly (readonly [string, readonly string[]])[] = [
  [
    'Where we do not deliver',
    [
      'We do not deliver to Norway, the United Kingdom or countries outside Europe, nor to parcel lockers if the article is bulky.',
    ],
  ],
  [
    'When an order leaves',
    [
      'Orders paid before noon on a working day leave our warehouse the same day, if everything is in stock.',
      'Times are estimates and begin when the parcel leaves the warehouse. We cannot promise a delivery day.',
    ],
  ],
  [
    'Bulky goods',
    [
      'The carrier calls you to agree a day and brings mattresses into the room of your choice.',
      'We take your old mattress with us for 25 euros if you order this with the delivery.',
    ],
  ],
  [
    'Missed delivery',
    [
      'If nobody is at home, the carrier tries again on the next working day and then leaves the parcel at a pick-up point for seven days.',
      'A second attempt for bulky goods costs 35 euros.',
    ],
  ],
  ['Damage', ['Please report transport damage within three days, with two photos, and keep the packaging.']],
];

async function makeShippingTerms(): Promise<void> {
  const rows = DELIVERY.map(
    (cells) => new TableRow({ children: cells.map((text) => new TableCell({ children: [new Paragraph(text)] })) }),
  );
  const sections = SHIPPING.flatMap(([heading, paragraphs]) => [
    new Paragraph({ text: heading, heading: HeadingLevel.HEADING_2 }),
    ...paragraphs.map((text) => new Paragraph(text)),
  ]);
  const document = new Document({
    title: 'Shipping terms',
    creator: 'Cozy Comfort',
    sections: [
      {
        children: [
          new Paragraph({ text: 'Shipping terms', heading: HeadingLevel.HEADING_1 }),
          new Paragraph('These terms hold for every order from 1 September 2026.'),
          new Paragraph({ text: 'Delivery times and costs', heading: HeadingLevel.HEADING_2 }),
          new Table({ rows }),
          ...sections,
        ],
      },
    ],
  });
  writeFileSync(resolve(FILES, 'policies/shipping-terms.docx'), await Packer.toBuffer(document));
}

await makeCatalogue();
await makeReturnPolicy();
await makeShippingTerms();

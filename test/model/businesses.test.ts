import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Business, type OpenBusiness, openBusiness } from './support/business.ts';

interface Case {
  readonly business: Business;
  readonly questions: readonly (readonly [question: string, expected: RegExp, path: string])[];
  readonly unknown: string;
}

const DENTIST = {
  name: 'Riverside Dental',
  sop: `# Reception handbook

## Welcome
- Greet callers with "Good day, Riverside Dental, how may I help you?"
- Be calm and kind.

## Appointments
- To book an appointment, ask for the patient's name, the date of birth and the preferred day. Pass the request to reception.
- If the patient reports strong pain or swelling, transfer the call to the dentist on duty immediately.

## Rules
Never give a diagnosis. Do not quote a price for an implant.
`,
  documents: {
    'practice.md': `# Riverside Dental

## Opening hours
We are open Monday to Thursday from 8:00 to 17:00 and Friday from 8:00 to 13:00. The practice is closed at weekends.

## Cancellations
Appointments can be cancelled free of charge up to 24 hours before. Later cancellations cost 40 pounds.

## Parking
There are four free parking spaces behind the building.
`,
    'prices.csv':
      'Treatment,Price (GBP),Duration\nCheck-up,45,20 minutes\nProfessional cleaning,70,45 minutes\nWhite filling,120,40 minutes\n',
  },
};

const BIKE_SHOP = {
  name: 'Spoke and Chain',
  sop: `You work for Spoke and Chain, a bicycle workshop.

1. Welcome the customer with "Spoke and Chain, hello!".
2. When a customer wants to book a repair, ask for the model of the bike, a phone number and what is broken, then forward it to the workshop team.
3. We never lend tools.
4. Never promise that a repair is done on the same day.
5. Hand over to a mechanic if the customer had an accident with the bike.
`,
  documents: {
    'workshop/services.html': `<h1>Services</h1><table><tr><th>Service</th><th>Price</th><th>Takes</th></tr>
      <tr><td>Basic tune-up</td><td>59 EUR</td><td>2 days</td></tr>
      <tr><td>Full overhaul</td><td>189 EUR</td><td>1 week</td></tr>
      <tr><td>Puncture repair</td><td>15 EUR</td><td>1 hour</td></tr></table>`,
    'workshop/rental.md': `# Rental bikes

You can rent a city bike for 18 euros a day. A deposit of 150 euros is required.

Helmets are included. Children under ten ride on child seats only.`,
  },
};

const HOTEL = {
  name: 'Hotel Seeblick',
  sop: `## Greeting
Open each conversation with "Welcome to Hotel Seeblick."

## Reservations
To make a reservation, collect the guest's name, the arrival date, the number of nights and an e-mail address. A booking code looks like SB12345. Hand the details over to the front desk.

## Cancelling a booking
To cancel a booking, ask for the booking code and the arrival date. Forward it to the front desk.

## Escalation
Escalate to the duty manager for:
- theft
- complaints about noise
- refunds over 300 euros
`,
  documents: {
    'house.md': `# House information

## What time is breakfast?
Breakfast is served from 7:00 to 10:30, on Sundays until 11:30.

## Are pets welcome?
Dogs are welcome for 15 euros a night. Other animals cannot stay in the rooms.

## Check-in and check-out
Check-in begins at 15:00. Rooms must be left by 11:00.

## Wireless internet
Wi-Fi is free in all rooms. The password is printed on the key card.`,
  },
};

const CASES: readonly Case[] = [
  {
    business: DENTIST,
    questions: [
      ['When are you open on Friday?', /Friday from 8:00 to 13:00/, 'practice.md'],
      ['How much does a professional cleaning cost?', /professional cleaning costs 70 GBP/i, 'prices.csv'],
      ['How long does a white filling take?', /40 minutes/, 'prices.csv'],
      ['What does it cost if I cancel too late?', /40 pounds/, 'practice.md'],
      ['Where can I park?', /parking spaces behind the building/, 'practice.md'],
    ],
    unknown: 'Do you repair washing machines?',
  },
  {
    business: BIKE_SHOP,
    questions: [
      ['What is the price of a full overhaul?', /full overhaul costs 189 EUR/i, 'workshop/services.html'],
      ['How long does a puncture repair take?', /1 hour/, 'workshop/services.html'],
      ['What is your cheapest service?', /puncture repair costs 15 EUR/i, 'workshop/services.html'],
      ['How much is it to rent a city bike?', /18 euros a day/, 'workshop/rental.md'],
      ['Are helmets included?', /Helmets are included/, 'workshop/rental.md'],
    ],
    unknown: 'Which wine goes with fish?',
  },
  {
    business: HOTEL,
    questions: [
      ['When is breakfast?', /7:00 to 10:30/, 'house.md'],
      ['Can I bring my dog?', /Dogs are welcome for 15 euros a night/, 'house.md'],
      ['Is there wifi in the rooms?', /Wi-Fi is free/, 'house.md'],
      ['When do I have to leave my room?', /by 11:00/, 'house.md'],
    ],
    unknown: 'Do you have a tennis court?',
  },
];

describe.each(CASES)('$business.name', ({ business, questions, unknown }) => {
  let open: OpenBusiness;
  beforeAll(async () => {
    open = await openBusiness(business);
  });
  afterAll(() => open.close());

  test.each(questions.map((row) => [...row] as const))('%s', async (question, expected, path) => {
    const { answer, citations, handoff } = await open.conversation().say(question);
    expect(answer).toMatch(expected);
    expect(answer.split(/\s+/).length).toBeLessThan(80);
    expect(citations.map((citation) => citation.path)).toContain(path);
    expect(handoff).toBeNull();
  });

  test('what the documents do not hold is not invented', async () => {
    const answer = await open.conversation().say(unknown);
    expect(answer).toMatchObject({ citations: [], handoff: null });
    expect(answer.answer).toMatch(/couldn't find that/);
  });

  test('a greeting is returned with the words of the SOP', async () => {
    const { answer, toolCalls } = await open.conversation().say('Hello!');
    expect({ greeting: answer, toolCalls }).toEqual({ greeting: open.definition.greeting.text, toolCalls: [] });
  });

  test('a wish for a person is granted', async () => {
    const { handoff } = await open.conversation().say('Can I talk to a real person please?');
    expect(handoff).toMatchObject({ reason: 'The customer asks for a person.' });
  });
});

describe('tasks of an SOP', () => {
  test('a dentist books an appointment by collecting what the handbook lists', async () => {
    const open = await openBusiness(DENTIST);
    const patient = open.conversation();
    const asked = [
      (await patient.say('I would like to book an appointment')).answer,
      (await patient.say('Ada Lovelace')).answer,
      (await patient.say('10 December 1985')).answer,
    ];
    const { handoff } = await patient.say('Tuesday');
    await open.close();
    expect({ asked, collected: handoff?.collected }).toEqual({
      asked: [
        'Could you tell me your name?',
        'Could you tell me your date of birth?',
        'Could you tell me your preferred day?',
      ],
      collected: { name: 'Ada Lovelace', dateBirth: '1985-12-10', preferredDay: 'Tuesday' },
    });
  });

  test('a hotel takes a booking code in any spelling and refuses another form', async () => {
    const open = await openBusiness(HOTEL);
    const guest = open.conversation();
    const first = await guest.say('I want to cancel my booking');
    const wrong = await guest.say('it is 12');
    const right = await guest.say('Sorry, sb12345, arriving 2026-12-24');
    await open.close();
    expect(first.answer).toBe('Could you tell me your booking code?');
    expect(wrong.answer).toMatch(/does not look like a valid booking code.*SB12345/);
    expect(right.handoff?.collected).toEqual({ bookingCode: 'sb12345', arrivalDate: '2026-12-24' });
  });

  test('situations that the SOP names are handed over at once', async () => {
    const [dentist, bikes, hotel] = await Promise.all(
      [DENTIST, BIKE_SHOP, HOTEL].map((business) => openBusiness(business)),
    );
    const reasons = [
      (await dentist?.conversation().say('I have strong pain and a swelling'))?.handoff?.reason,
      (await bikes?.conversation().say('I had an accident with my bike yesterday'))?.handoff?.reason,
      (await hotel?.conversation().say('I want to report a theft in my room'))?.handoff?.reason,
      (await hotel?.conversation().say('I demand a refund of 450 euros'))?.handoff?.reason,
      (await hotel?.conversation().say('Could I get a refund of 20 euros?'))?.handoff?.reason,
    ];
    await Promise.all([dentist?.close(), bikes?.close(), hotel?.close()]);
    expect(reasons).toEqual([
      expect.stringMatching(/pain/),
      expect.stringMatching(/accident/),
      expect.stringMatching(/theft/i),
      expect.stringMatching(/refunds over 300/i),
      undefined,
    ]);
  });

  test('what is never promised is refused', async () => {
    const open = await openBusiness(DENTIST);
    const { answer } = await open.conversation().say('Can you give me a diagnosis?');
    await open.close();
    expect(answer).toBe("I'm sorry, I can't give a diagnosis.");
  });
});

import { expect, test } from 'vitest';
import type { Citation } from '../../shared/messages/message.ts';
import { plainAnswer } from '../../shared/messages/plain-answer.ts';

const citation = (marker: number): Citation => ({ marker, path: 'returns.pdf', excerpt: '', score: 1 });

test('customers read no markers of citations, and every other bracket', () => {
  const answer = '[1] A duvet costs 389 euros [1], size [200] included [2].';
  expect(plainAnswer({ answer, citations: [citation(1), citation(2)] })).toBe(
    'A duvet costs 389 euros, size [200] included.',
  );
});

/** Bytes of a stream in pieces of whole samples: networks cut anywhere, a sample has two bytes. */
export async function* evenPieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let odd: number | undefined;
  for await (const piece of source) {
    const joined = odd === undefined ? piece : Uint8Array.from([odd, ...piece]);
    const whole = joined.length - (joined.length % 2);
    odd = joined.length > whole ? joined[whole] : undefined;
    if (whole > 0) yield joined.subarray(0, whole);
  }
}

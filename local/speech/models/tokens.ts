import tokenizer from 'llama-tokenizer-js';

/**
 * The recognizer's vocabulary, a line a token: base64 and number. Moonshine speaks Llama's 32,000 tokens, which its
 * package does not hold in the form that sherpa-onnx reads; `<0x0A>` stands for the byte itself.
 */
export function tokensText(): string {
  const lines = tokenizer.vocabById.map((token, id) => {
    const byte = /^<0x([0-9A-F]{2})>$/.exec(token)?.[1];
    const bytes = byte === undefined ? Buffer.from(token) : Buffer.from(byte, 'hex');
    return `${bytes.toString('base64')} ${id}\n`;
  });
  return lines.join('');
}

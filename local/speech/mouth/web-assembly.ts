/** WebAssembly as Node has it; its types come only with the browser's library, which is not for this side. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => WasmProgram;
  readonly Instance: new (
    program: WasmProgram,
    imports: Readonly<Record<string, object>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

/** Compiled code. */
export interface WasmProgram {
  readonly brand?: 'WebAssembly.Module';
}

export interface WasmMemory {
  /** A new one each time the memory has grown. */
  readonly buffer: ArrayBuffer;
}

export const wasm: WebAssemblyApi = Reflect.get(globalThis, 'WebAssembly');

export const isMemory = (value: unknown): value is WasmMemory =>
  typeof value === 'object' && value !== null && 'buffer' in value && value.buffer instanceof ArrayBuffer;

import { isMemory, type WasmMemory, type WasmProgram, wasm } from './web-assembly.ts';

/**
 * As much of WASI preview 1 as a command-line program needs that reads its arguments and writes one file: arguments, a
 * root folder in memory, write and seek. Error numbers, layouts and flags are those of the specification
 * (`wasi_snapshot_preview1.witx`).
 */

const SUCCESS = 0;
const BAD_DESCRIPTOR = 8;
const ROOT = 3;
const FIRST_FILE = 4;
const DIRECTORY = 3;
const REGULAR_FILE = 4;
const CHARACTER_DEVICE = 2;
const ALL_RIGHTS = 0xffffffffffffffffn;

/** Thrown through the program when it exits. */
class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exit code ${code}`);
    this.code = code;
  }
}

interface MemoryFile {
  bytes: Uint8Array;
  length: number;
  position: number;
}

/** What the program wrote to files, in the order they were opened, and to its standard streams. */
export interface CommandOutput {
  readonly exitCode: number;
  readonly files: readonly Uint8Array[];
  readonly text: string;
}

/** Runs a compiled WASI command to its end, synchronously. `nowMs` is the clock it reads. */
export function runCommand(program: WasmProgram, args: readonly string[], nowMs: number): CommandOutput {
  const files: MemoryFile[] = [];
  const texts: string[] = [];
  // The calls need the program's memory, and the program needs the calls to exist first.
  let exported: WasmMemory = { buffer: new ArrayBuffer(0) };
  const memory = (): WasmMemory => exported;
  const system = {
    ...argumentCalls(args, memory),
    ...descriptorCalls(memory),
    ...fileCalls(files, texts, memory),
    clock_time_get(_clock: number, _precision: bigint, result: number): number {
      new DataView(exported.buffer).setBigUint64(result, BigInt(nowMs) * 1_000_000n, true);
      return SUCCESS;
    },
    proc_exit(code: number): never {
      throw new Exit(code);
    },
  };
  const { exports } = new wasm.Instance(program, { wasi_snapshot_preview1: system });
  if (!isMemory(exports.memory)) throw new Error('The program exports no memory.');
  exported = exports.memory;
  const exitCode = exitCodeOf(exports._start);
  return { exitCode, files: files.map(({ bytes, length }) => bytes.subarray(0, length)), text: texts.join('') };
}

function exitCodeOf(start: unknown): number {
  if (typeof start !== 'function') throw new Error('The program has no _start.');
  try {
    start();
    return 0;
  } catch (error) {
    if (error instanceof Exit) return error.code;
    throw error;
  }
}

function argumentCalls(args: readonly string[], memory: () => WasmMemory) {
  const encoded = args.map((arg) => new TextEncoder().encode(`${arg}\0`));
  return {
    args_sizes_get(count: number, size: number): number {
      const view = new DataView(memory().buffer);
      view.setUint32(count, encoded.length, true);
      view.setUint32(
        size,
        encoded.reduce((sum, { length }) => sum + length, 0),
        true,
      );
      return SUCCESS;
    },
    args_get(pointers: number, text: number): number {
      const view = new DataView(memory().buffer);
      let at = text;
      encoded.forEach((arg, i) => {
        view.setUint32(pointers + i * 4, at, true);
        new Uint8Array(memory().buffer).set(arg, at);
        at += arg.length;
      });
      return SUCCESS;
    },
  };
}

/** What the C library asks of its descriptors before it uses them; the root folder is the only one given beforehand. */
function descriptorCalls(memory: () => WasmMemory) {
  const view = (): DataView => new DataView(memory().buffer);
  const kindOf = (fd: number): number => (fd < ROOT ? CHARACTER_DEVICE : fd === ROOT ? DIRECTORY : REGULAR_FILE);
  return {
    fd_fdstat_get(fd: number, result: number): number {
      view().setUint8(result, kindOf(fd));
      view().setUint16(result + 2, 0, true);
      view().setBigUint64(result + 8, ALL_RIGHTS, true);
      view().setBigUint64(result + 16, ALL_RIGHTS, true);
      return SUCCESS;
    },
    fd_fdstat_set_flags: (): number => SUCCESS,
    fd_prestat_get(fd: number, result: number): number {
      if (fd !== ROOT) return BAD_DESCRIPTOR;
      view().setUint8(result, 0);
      view().setUint32(result + 4, 1, true);
      return SUCCESS;
    },
    fd_prestat_dir_name(_fd: number, name: number): number {
      view().setUint8(name, '/'.charCodeAt(0));
      return SUCCESS;
    },
  };
}

function fileCalls(files: MemoryFile[], texts: string[], memory: () => WasmMemory) {
  const view = (): DataView => new DataView(memory().buffer);
  return {
    path_open(...call: readonly (number | bigint)[]): number {
      const result = Number(call[8]);
      files.push({ bytes: new Uint8Array(256 * 1024), length: 0, position: 0 });
      view().setUint32(result, FIRST_FILE + files.length - 1, true);
      return SUCCESS;
    },
    fd_close: (): number => SUCCESS,
    fd_seek(fd: number, offset: bigint, whence: number, result: number): number {
      const file = files[fd - FIRST_FILE];
      if (!file) return BAD_DESCRIPTOR;
      const [start, current] = [0, 1];
      const base = whence === start ? 0 : whence === current ? file.position : file.length;
      file.position = base + Number(offset);
      view().setBigUint64(result, BigInt(file.position), true);
      return SUCCESS;
    },
    /** There is nothing to read: no input, and the program reads no file it wrote. */
    fd_read(_fd: number, _vectors: number, _count: number, result: number): number {
      view().setUint32(result, 0, true);
      return SUCCESS;
    },
    fd_write(fd: number, vectors: number, count: number, result: number): number {
      let written = 0;
      for (let i = 0; i < count; i++) {
        const start = view().getUint32(vectors + i * 8, true);
        const length = view().getUint32(vectors + i * 8 + 4, true);
        const bytes = new Uint8Array(memory().buffer, start, length);
        const file = files[fd - FIRST_FILE];
        if (file) append(file, bytes);
        else texts.push(new TextDecoder().decode(bytes));
        written += length;
      }
      view().setUint32(result, written, true);
      return SUCCESS;
    },
  };
}

function append(file: MemoryFile, bytes: Uint8Array): void {
  const end = file.position + bytes.length;
  if (end > file.bytes.length) {
    const larger = new Uint8Array(Math.max(end, file.bytes.length * 2));
    larger.set(file.bytes.subarray(0, file.length));
    file.bytes = larger;
  }
  file.bytes.set(bytes, file.position);
  file.position = end;
  file.length = Math.max(file.length, end);
}

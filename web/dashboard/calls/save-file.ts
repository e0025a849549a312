import type { ExportFile } from './call-files.ts';

/** Hands a file to the browser, which saves it. */
export function saveFile({ name, type, content }: ExportFile): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  // The download has begun by then; Safari loses it when the address goes at once.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

/** The installed Chromium, if there is one. */
export const chromiumPath = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find(existsSync);

/** A browser whose microphone plays a WAV file, again and again; without one a beep each second. */
export const launchWithMicrophone = (wavFile?: string): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath ?? '',
    // A browser's own sandbox cannot be had as root; the page is ours.
    args: [
      '--no-sandbox',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      ...(wavFile === undefined ? [] : [`--use-file-for-fake-audio-capture=${wavFile}`]),
    ],
  });

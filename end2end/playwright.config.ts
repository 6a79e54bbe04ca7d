// Journeys in Chromium against the split release build. The server is the product's own `dev` verb: a database of its
// own, migrated, with the demo story, limits on and loopback trusted as a proxy.
import { availableParallelism } from 'node:os';
import { defineConfig } from '@playwright/test';
import { address, command, environment } from './lib/server';

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: 'results',
  // One picture for all machines: the fonts are ours, nothing moves, and small differences are allowed for.
  snapshotPathTemplate: '{testDir}/pictures/{arg}{ext}',
  reporter: [['list']],
  // One more than cores, five at most: what one does in a browser is half waiting. Each makes a market of its own, once, and keeps
  // who is signed in: all journeys import the `test` of lib/world.ts, since for another one a worker is thrown away.
  workers: Number(process.env.JOURNEY_WORKERS ?? Math.min(availableParallelism(), 4) + 1),
  // No journey waits for another one of its file: the longest would keep one core busy in the end. What may not happen while
  // something else does has a `lock`.
  fullyParallel: true,
  retries: 0,
  forbidOnly: !!process.env.CI,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL: address,
    browserName: 'chromium',
    headless: true,
    actionTimeout: 15_000,
    locale: 'en-IN',
    timezoneId: 'Asia/Kolkata',
    viewport: { width: 1280, height: 800 },
    screenshot: 'only-on-failure',
    // What was done, in which order and for how long; the page at the end is beside it. `JOURNEY_TRACE=all` adds what was on the
    // page around every step: copies of the page and of all that it fetches, which cost as much again as the steps do.
    trace: { mode: 'retain-on-failure', snapshots: process.env.JOURNEY_TRACE === 'all', screenshots: false, sources: false },
    video: 'off',
    // What a journey holds up or counts has to pass by it; the worker has a journey of its own.
    serviceWorkers: 'block',
    launchOptions: {
      executablePath: process.env.CHROMIUM || undefined,
      // No sandbox: machines of CI run as root. The rest keeps the browser from looking up hosts that no test names.
      args: [
        // The language of the browser itself decides in which order the parts of a date are typed.
        '--lang=en-US',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command,
    cwd: '..',
    env: environment,
    url: `${address}/readyz`,
    // A server that happens to run on this port is somebody's work, not ours to test against.
    reuseExistingServer: false,
    timeout: 120_000,
    stdout: 'ignore',
    stderr: 'pipe',
    gracefulShutdown: { signal: 'SIGTERM', timeout: 15_000 },
  },
});

// In a real Chromium: the product on its own simulator, and on a real Asterisk. One file at a
// time: they share two cores with the servers they test. The projects `measure` and `screenshots`
// test nothing: they print and draw.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "end2end",
  testMatch: "**/*.spec.ts",
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: !!process.env.CI,
  reporter: "list",
  use: {
    locale: "vi-VN",
    timezoneId: "Asia/Ho_Chi_Minh",
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "simulated", testDir: "end2end/simulated" },
    { name: "asterisk", testDir: "end2end/asterisk" },
    { name: "torture", testDir: "end2end/torture" },
    { name: "measure", testDir: "end2end/measure" },
    { name: "screenshots", testDir: "end2end/screenshots" },
  ],
});

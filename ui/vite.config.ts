// The desktop window's build: one page, everything bundled, nothing fetched at run time.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  preview: { port: 5173, strictPort: true },
  build: {
    outDir: "dist",
    // The oldest engines the shell runs on: WebKitGTK 2.40 and Safari 16.4.
    target: "safari16.4",
    // Fonts stay files: a data URL would need a wider content policy.
    assetsInlineLimit: 0,
    // Vite's own preload helper is not needed inside an app.
    modulePreload: false,
  },
  test: {
    environment: "jsdom",
    setupFiles: ["tests/setup.ts"],
    include: ["src/**/*.test.ts", "tests/**/*.test.ts", "viewer/**/*.test.ts"],
    env: { TZ: "Europe/Moscow" },
    css: false,
    // A loaded machine is slow, not broken: nothing here is tested by the clock.
    testTimeout: 120_000,
  },
});

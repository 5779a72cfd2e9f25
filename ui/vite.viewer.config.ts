// The handover pack's viewer: one script and one style without imports, which the crate `letopis-handover` puts into the
// page (its build.rs reads ui/pack). Build: `npm run build:viewer`. Tests: `npx vitest run --config vite.viewer.config.ts`.
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const noKeys = fileURLToPath(new URL("viewer/no-keys.ts", import.meta.url));

// A script or style that could end its own element would spill over the page; the crate refuses it, so fail early.
const staysInside: Plugin = {
  name: "stays-inside-its-element",
  generateBundle(_, bundle) {
    for (const [name, file] of Object.entries(bundle)) {
      const text = file.type === "chunk" ? file.code : String(file.source);
      if (/<\/?script|<\/style|<!--/i.test(text)) this.error(`${name} holds a tag that would end its element`);
    }
  },
};

export default defineConfig({
  clearScreen: false,
  plugins: [staysInside],
  resolve: {
    alias: {
      "@noble/curves/nist.js": noKeys,
      "@noble/curves/ed25519.js": noKeys,
      "@noble/post-quantum/hybrid.js": noKeys,
    },
  },
  build: {
    outDir: "pack",
    emptyOutDir: true,
    target: ["es2022", "safari16.4"],
    assetsInlineLimit: 0,
    lib: { entry: "viewer/main.ts", formats: ["iife"], name: "LetopisViewer", fileName: () => "viewer.js", cssFileName: "viewer" },
  },
  test: { environment: "jsdom", include: ["viewer/**/*.test.ts"], env: { TZ: "Europe/Moscow" } },
});

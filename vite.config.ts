import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Script a page may need before it can be used, gzipped. */
const FIRST_LOAD_LIMIT_KB = 400;

/**
 * Prints what each page loads before it can be used: the entry, the page's own chunk, and all they import statically.
 *
 * @throws Error when a page is above the limit, which ends the build.
 */
function printFirstLoad(): Plugin {
  return {
    name: "platekit-first-load",
    apply: "build",
    writeBundle(_options, bundle) {
      const chunks = new Map(
        Object.values(bundle).flatMap((file) => (file.type === "chunk" ? [[file.fileName, file]] : [])),
      );
      const closure = (fileName: string, seen = new Set<string>()): Set<string> => {
        if (seen.has(fileName)) return seen;
        seen.add(fileName);
        for (const imported of chunks.get(fileName)?.imports ?? []) closure(imported, seen);
        return seen;
      };
      const kilobytes = (files: Iterable<string>): number =>
        [...files].reduce((sum, file) => sum + gzipSync(chunks.get(file)?.code ?? "").length, 0) / 1024;
      const entry = [...chunks.values()].find(({ isEntry }) => isEntry);
      if (entry === undefined) return;
      const loads = [...chunks.values()]
        .filter(({ facadeModuleId }) => facadeModuleId?.includes("/src/ui/pages/"))
        .map((page) => ({ page: page.name, size: kilobytes(closure(page.fileName, closure(entry.fileName))) }))
        .sort((a, b) => b.size - a.size);
      const later = [...chunks.values()].find(({ name }) => name === "chart-canvas");
      if (later !== undefined)
        console.log(
          `after that ${kilobytes([later.fileName]).toFixed(0).padStart(4)} KB gzipped  where a chart is shown`,
        );
      for (const { page, size } of loads) console.log(`first load ${size.toFixed(0).padStart(4)} KB gzipped  ${page}`);
      const heaviest = Math.max(kilobytes(closure(entry.fileName)), ...loads.map(({ size }) => size));
      if (heaviest > FIRST_LOAD_LIMIT_KB) {
        throw new Error(
          `A page loads ${heaviest.toFixed(0)} KB of script first, over ${FIRST_LOAD_LIMIT_KB} KB: load parts of it lazily.`,
        );
      }
    },
  };
}

export default defineConfig({
  root: resolve(import.meta.dirname, "src/ui"),
  plugins: [react(), printFirstLoad()],
  build: {
    outDir: resolve(import.meta.dirname, "dist/ui"),
    emptyOutDir: true,
    target: "es2023",
    // data: addresses of small files would need more of the CSP than files do.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 800,
  },
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
});

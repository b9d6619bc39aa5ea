import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg';
import { SchemaEngineAdapterFactory } from './schema-engine-adapter.js';

/** The part of the global `WebAssembly` that is used here; its types come with the browser's, which Node has not. */
declare const WebAssembly: {
  readonly RuntimeError: ErrorConstructor;
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, Record<string, unknown>>,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};

/** The WebAssembly engine's classes, and the last panic message that it left behind. */
interface LoadedEngine {
  readonly module: typeof engineModule;
  readonly panics: PanicRegistry;
}

/** Called by the engine's panic hook under the global name that it expects. */
class PanicRegistry {
  message: string | undefined;
  set_message(message: string): void {
    this.message = message;
  }
}

/** An engine over one database, and what it says when it panics. */
export interface WasmSchemaEngine {
  readonly engine: engineModule.SchemaEngine;
  /** Turns what the engine threw into words; a trap of WebAssembly itself says nothing useful. */
  readonly describe: (error: unknown) => string;
}

/**
 * Starts Prisma's schema engine, as published to the npm registry in WebAssembly, over the database behind `url`.
 * `datamodels` are pairs of a schema file's path and content.
 */
export async function startWasmSchemaEngine(
  url: string,
  datamodels: [string, string][],
): Promise<WasmSchemaEngine> {
  const { module, panics } = await load();
  const factory = bindMigrationAwareSqlAdapterFactory(new SchemaEngineAdapterFactory(url));
  const engine = await module.SchemaEngine.new(
    { datamodels: datamodels.length > 0 ? datamodels : undefined },
    () => undefined,
    factory,
  );
  return {
    engine,
    describe: (error) =>
      error instanceof WebAssembly.RuntimeError
        ? `The schema engine panicked: ${panics.message ?? error.message}`
        : error instanceof Error
          ? error.message
          : String(error),
  };
}

async function load(): Promise<LoadedEngine> {
  // The package's own entry imports the .wasm file as a module, which Node 20 cannot do.
  const module = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const path = fileURLToPath(import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
  const bytes = await readFile(path.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': { ...module } });
  module.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const panics = new PanicRegistry();
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: panics });
  return { module, panics };
}

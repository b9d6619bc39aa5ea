/**
 * Bundles the explorer into `dist/explorer`: `index.html`, and in `assets/` what it loads, under names that change
 * with the content, so that browsers may keep them for ever. What compresses well has a `.gz` beside it.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const sources = import.meta.dirname;
const output = path.resolve(sources, '../dist/explorer');
const assets = path.join(output, 'assets');
const publicPath = '/explorer/assets';

/** GraphiQL's style sheet carries its fonts as data; as files of their own, only those in use are loaded. */
const fontsAsFiles = {
  name: 'fonts-as-files',
  setup({ onLoad, onResolve }) {
    const fonts = new Map();
    onLoad({ filter: /graphiql[\\/]dist[\\/]style\.css$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      const contents = text.replace(
        /url\(data:font\/(ttf|woff2?);base64,([\w+/=]+)\)/g,
        (_match, format, data) => {
          const name = `font:${fonts.size}.${format}`;
          fonts.set(name, Buffer.from(data, 'base64'));
          return `url(${name})`;
        },
      );
      return { contents, loader: 'css' };
    });
    onResolve({ filter: /^font:/ }, (font) => ({ path: font.path, namespace: 'font' }));
    onLoad({ filter: /.*/, namespace: 'font' }, (font) => ({
      contents: fonts.get(font.path),
      loader: 'file',
    }));
  },
};

const options = {
  absWorkingDir: path.resolve(sources, '..'),
  outdir: assets,
  publicPath,
  bundle: true,
  minify: true,
  splitting: true,
  format: 'esm',
  target: ['es2022'],
  entryNames: '[name]-[hash]',
  chunkNames: 'chunk-[hash]',
  assetNames: '[name]-[hash]',
  metafile: true,
  logLevel: 'warning',
};

/** The public paths of a build's entries, by the name that the entry was given. */
function entriesOf({ metafile }) {
  const outputs = Object.entries(metafile.outputs).filter(([, { entryPoint }]) => entryPoint !== undefined);
  return Object.fromEntries(
    outputs.map(([file]) => {
      const name = path.basename(file);
      return [name.slice(0, name.lastIndexOf('-')), `${publicPath}/${name}`];
    }),
  );
}

await rm(output, { recursive: true, force: true });
await mkdir(assets, { recursive: true });

const workers = entriesOf(
  await build({
    ...options,
    entryPoints: ['editor-worker', 'json-worker', 'graphql-worker'].map((name) =>
      path.join(sources, 'src', `${name}.ts`),
    ),
  }),
);
const page = await build({
  ...options,
  entryPoints: { explorer: path.join(sources, 'src/main.tsx') },
  jsx: 'automatic',
  // GraphiQL imports these two under their old names, which lead to CommonJS: split off, it has no named exports.
  alias: {
    'prettier/parser-babel': 'prettier/plugins/babel',
    'prettier/parser-graphql': 'prettier/plugins/graphql',
  },
  loader: { '.graphql': 'text', '.svg': 'file', '.ttf': 'file' },
  define: { WORKER_URLS: JSON.stringify(workers), 'process.env.NODE_ENV': '"production"' },
  plugins: [fontsAsFiles],
});

const main = Object.entries(page.metafile.outputs).find(([, { entryPoint }]) =>
  entryPoint?.endsWith('main.tsx'),
);
const icon = (await readdir(assets)).find((name) => name.endsWith('.svg'));
if (main === undefined || main[1].cssBundle === undefined || icon === undefined) {
  throw new Error('The bundle lacks its script, its style sheet or its icon.');
}
const publicName = (file) => `${publicPath}/${path.basename(file)}`;
const template = await readFile(path.join(sources, 'index.html'), 'utf8');
await writeFile(
  path.join(output, 'index.html'),
  template
    .replace('%SCRIPT%', publicName(main[0]))
    .replace('%STYLE%', publicName(main[1].cssBundle))
    .replace('%ICON%', publicName(icon)),
);
for (const name of await readdir(assets)) {
  if (!/\.(?:css|js|svg|ttf)$/.test(name)) continue;
  const file = path.join(assets, name);
  await writeFile(`${file}.gz`, gzipSync(await readFile(file), { level: 9 }));
}

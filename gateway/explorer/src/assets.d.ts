/** Where the editor's workers lie, by name; the bundler puts the paths in. */
declare const WORKER_URLS: Readonly<Record<'editor-worker' | 'json-worker' | 'graphql-worker', string>>;

declare module '*.css';

/** The text of the file. */
declare module '*.graphql' {
  const text: string;
  export default text;
}

/** The public path of the image. */
declare module '*.svg' {
  const url: string;
  export default url;
}

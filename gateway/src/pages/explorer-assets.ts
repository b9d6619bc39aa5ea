import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';

/** Answers what lies at or below `/explorer`, and returns false for every other path. */
export type ExplorerHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

interface Variant {
  readonly body: Buffer;
  readonly etag: string;
}

interface Asset {
  readonly headers: Readonly<Record<string, string>>;
  readonly plain: Variant;
  /** Undefined for what does not compress. */
  readonly gzip: Variant | undefined;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/**
 * Everything comes from the gateway itself. Monaco, the editor, positions its lines by `style` attributes and writes
 * its theme into a `style` element, which is why styles may be inline; its icons in style sheets are `data:` images.
 */
const contentSecurityPolicy = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * Reads the explorer's bundle, once, and returns what serves it from memory: the page, which browsers ask for anew
 * each time, and its assets, which they may keep because their names change with their content. Throws when there
 * is no bundle in `directory`.
 */
export function loadExplorer(directory: string): ExplorerHandler {
  const page = path.join(directory, 'index.html');
  if (!existsSync(page)) {
    throw new Error(`The explorer's bundle is missing in ${directory}. Build it with: npm run build`);
  }
  const index = readAsset(page, 'no-cache');
  const assets = new Map([
    ['/explorer', index],
    ['/explorer/', index],
  ]);
  const assetDirectory = path.join(directory, 'assets');
  for (const name of readdirSync(assetDirectory)) {
    if (name.endsWith('.gz')) continue;
    const asset = readAsset(path.join(assetDirectory, name), 'public, max-age=31536000, immutable');
    assets.set(`/explorer/assets/${name}`, asset);
  }
  return (request, response) => {
    const [pathname = '/'] = (request.url ?? '/').split('?', 1);
    if (pathname !== '/explorer' && !pathname.startsWith('/explorer/')) return false;
    const asset = assets.get(pathname);
    if (asset === undefined) refuse(response, 404, 'There is nothing here.');
    else if (request.method === 'GET' || request.method === 'HEAD') send(asset, request, response);
    else refuse(response, 405, 'Only GET and HEAD are possible here.', { allow: 'GET, HEAD' });
    return true;
  };
}

function readAsset(file: string, cacheControl: string): Asset {
  const contentType = contentTypes[path.extname(file)];
  if (contentType === undefined) throw new Error(`No content type is known for the explorer's file ${file}.`);
  const compressed = `${file}.gz`;
  return {
    headers: {
      ...securityHeaders,
      'content-type': contentType,
      'cache-control': cacheControl,
      vary: 'accept-encoding',
    },
    plain: variant(readFileSync(file)),
    gzip: existsSync(compressed) ? variant(readFileSync(compressed)) : undefined,
  };
}

function variant(body: Buffer): Variant {
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
}

function send({ headers, plain, gzip }: Asset, request: IncomingMessage, response: ServerResponse): void {
  const compressed = acceptsGzip(request.headers['accept-encoding']) ? gzip : undefined;
  const { body, etag } = compressed ?? plain;
  const encoding = compressed === undefined ? {} : { 'content-encoding': 'gzip' };
  if (matches(request.headers['if-none-match'], etag)) {
    response.writeHead(304, { ...headers, etag }).end();
    return;
  }
  response.writeHead(200, { ...headers, ...encoding, etag, 'content-length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function refuse(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...securityHeaders, ...headers, 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

/** RFC 9110, section 12.5.3, as far as it concerns gzip: named, or covered by `*`, and not with a weight of zero. */
function acceptsGzip(header: string | string[] | undefined): boolean {
  const codings = String(header ?? '')
    .split(',')
    .map((coding) => /^\s*([^;\s]*)\s*(?:;\s*q=([\d.]+))?\s*$/i.exec(coding))
    .map((match) => ({ name: match?.[1]?.toLowerCase(), weight: Number(match?.[2] ?? 1) }));
  const coding = codings.find(({ name }) => name === 'gzip') ?? codings.find(({ name }) => name === '*');
  return coding !== undefined && coding.weight > 0;
}

/** RFC 9110, section 13.1.2: `If-None-Match` compares weakly. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((given) => ['*', etag].includes(given.trim().replace(/^W\//, '')));
}

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const unread = new Set(['node_modules', 'dist', '.git', '.data', '.turbo']);
const files = await filesBelow('');
const documents = files.filter((file) => /^(README|(docs|prisma|bench)\/[^/]+)\.md$/.test(file));

/** All files of the repository below a folder, by their paths from its root. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(path.join(root, folder), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const name = path.posix.join(folder, entry.name);
      if (!entry.isDirectory()) return [name];
      return unread.has(entry.name) ? [] : await filesBelow(name);
    }),
  );
  return found.flat();
}

/** The files that a name stands for: a path from the root, or the end of one, where `*` is any part of a name. */
function filesNamed(name: string): string[] {
  const pattern = name.split('*').map(escapePattern).join('[^/]*');
  const expression = new RegExp(`(^|/)${pattern}$`);
  return files.filter((file) => expression.test(file));
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.\\+?^${}()|[\]]/g, String.raw`\$&`);
}

/** The anchors of a document's headings, as GitHub and others make them. */
async function anchorsOf(document: string): Promise<string[]> {
  const text = await readFile(path.join(root, document), 'utf8');
  const headings = [...text.replaceAll(/^```[^]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)];
  return headings.map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(documents)('%s', (document) => {
  it('names no source file that is not there', async () => {
    const text = await readFile(path.join(root, document), 'utf8');
    const names = [...text.matchAll(/`([\w./*-]+\.(?:ts|mjs|sql|graphql))`/g)].map(([, name = '']) => name);
    expect(names.filter((name) => filesNamed(name).length === 0)).toEqual([]);
  });

  it('links to no file that is not there', async () => {
    const text = await readFile(path.join(root, document), 'utf8');
    const links = [...text.matchAll(/\]\((?!\w+:)([^)#\s]+)/g)].map(([, link = '']) =>
      path.posix.join(path.posix.dirname(document), link),
    );
    const there = (link: string) => files.some((file) => file === link || file.startsWith(`${link}/`));
    expect(links.filter((link) => !there(link))).toEqual([]);
  });

  it('links to no section that is not there', async () => {
    const text = await readFile(path.join(root, document), 'utf8');
    const links = [...text.matchAll(/\]\((?!\w+:)([^)#\s]*)#([^)\s]+)\)/g)];
    const missing: string[] = [];
    for (const [, link = '', anchor = ''] of links) {
      const target = link === '' ? document : path.posix.join(path.posix.dirname(document), link);
      if (!(await anchorsOf(target)).includes(anchor)) missing.push(`${target}#${anchor}`);
    }
    expect(missing).toEqual([]);
  });
});

it('docs/hipaa.md names no test that is not there', async () => {
  const text = await readFile(path.join(root, 'docs/hipaa.md'), 'utf8');
  const named = [...text.matchAll(/`([\w./-]+\.test\.ts)`: _([^_]+)_/g)];
  expect(named.length).toBeGreaterThan(15);
  for (const [, file = '', title = ''] of named) {
    expect(await readFile(path.join(root, file), 'utf8'), file).toContain(title);
  }
});

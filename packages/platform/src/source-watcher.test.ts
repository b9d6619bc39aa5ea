import { expect, it } from 'vitest';
import { isSource } from './source-watcher.js';

it('takes sources and schemas for what the platform is built from, and nothing that is made of them', () => {
  const files = [
    'subgraphs/users/src/main.ts',
    'subgraphs/users/schema.graphql',
    'subgraphs/users/src/generated/graphql.ts',
    'subgraphs/users/src/user.test.ts',
    'subgraphs/users/package.json',
    'packages/postgres/src/cluster.ts',
    'gateway/explorer/src/main.tsx',
    'gateway/explorer/node_modules/x/src/index.ts',
    'prisma/users/schema.prisma',
    'prisma/README.md',
  ];
  expect(files.filter(isSource)).toEqual([
    'subgraphs/users/src/main.ts',
    'subgraphs/users/schema.graphql',
    'packages/postgres/src/cluster.ts',
    'gateway/explorer/src/main.tsx',
    'prisma/users/schema.prisma',
  ]);
});

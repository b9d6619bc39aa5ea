import {
  getNamedType,
  Kind,
  OperationTypeNode,
  parse,
  specifiedRules,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { api } from './api.js';

const folder = new URL('../../operations/', import.meta.url);
const operations = readdirSync(folder).map((file) => ({
  file,
  document: parse(readFileSync(new URL(file, folder), 'utf8')),
}));

describe('the operations that the apps send', () => {
  it.each(operations)('$file is valid', ({ document }) => {
    expect(validate(api, document, specifiedRules).map(({ message }) => message)).toEqual([]);
  });

  it.each(operations)('$file holds one operation, named like the file', ({ file, document }) => {
    const names = document.definitions.map((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION ? definition.name?.value : definition.kind,
    );
    const pascal = file
      .replace('.graphql', '')
      .replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase());
    expect(names).toEqual([pascal]);
  });

  it.each(operations)('$file uses nothing that is deprecated', ({ document }) => {
    const deprecated: string[] = [];
    const types = new TypeInfo(api);
    visit(
      document,
      visitWithTypeInfo(types, {
        Field() {
          const field = types.getFieldDef();
          if (field?.deprecationReason != null) deprecated.push(field.name);
        },
      }),
    );
    expect(deprecated).toEqual([]);
  });

  it('use every query and mutation of the API', () => {
    const used = new Set(
      operations.flatMap(({ document }) =>
        document.definitions.flatMap((definition) =>
          definition.kind === Kind.OPERATION_DEFINITION
            ? definition.selectionSet.selections.map((root) =>
                root.kind === Kind.FIELD ? root.name.value : '',
              )
            : [],
        ),
      ),
    );
    const fields = [api.getQueryType(), api.getMutationType()].flatMap((type) =>
      Object.keys(type?.getFields() ?? {}),
    );
    expect(fields.filter((field) => !used.has(field))).toEqual([]);
  });

  it('ask for the errors of every mutation', () => {
    const silent = operations.filter(({ document }) => {
      const [operation] = document.definitions;
      if (operation?.kind !== Kind.OPERATION_DEFINITION || operation.operation !== OperationTypeNode.MUTATION)
        return false;
      let asks = false;
      const types = new TypeInfo(api);
      visit(
        document,
        visitWithTypeInfo(types, {
          Field: (node) => {
            const parent = types.getParentType();
            asks ||=
              node.name.value === 'userErrors' && getNamedType(parent)?.name.endsWith('Payload') === true;
          },
        }),
      );
      return !asks;
    });
    expect(silent.map(({ file }) => file)).toEqual([]);
  });
});

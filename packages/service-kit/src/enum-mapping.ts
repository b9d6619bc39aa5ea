/** Both directions between an enumeration of the API and the strings of a VARCHAR column. */
export interface EnumMapping<Name extends string, Column extends string> {
  readonly toColumn: (name: Name) => Column;
  /** Throws on a string that the table does not have: the column's CHECK forbids it. */
  readonly fromColumn: (column: string) => Name;
  /** The same for a column without such a CHECK: null on a string that the table does not have. */
  readonly findName: (column: string) => Name | null;
}

/** Builds a mapping from one exhaustive table, for example `{ FOLLOW_UP: 'follow-up', … }`. */
export function defineEnumMapping<Name extends string, Column extends string>(
  table: Readonly<Record<Name, Column>>,
): EnumMapping<Name, Column> {
  const names = new Map(
    Object.entries<Column>(table).map(([name, column]) => [column as string, name as Name]),
  );
  return {
    toColumn: (name) => table[name],
    fromColumn(column) {
      const name = names.get(column);
      if (name === undefined)
        throw new Error(`The column holds ${JSON.stringify(column)}, which no name stands for.`);
      return name;
    },
    findName: (column) => names.get(column) ?? null,
  };
}

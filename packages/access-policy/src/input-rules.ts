import type { Viewer } from '@caregraph/service-kit';
import {
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLInputObjectType,
  type GraphQLInputType,
} from 'graphql';
import { policy, type Policy } from './policy.js';
import { decide } from './rule.js';

const { fill }: Policy = policy;

/** Throws when the table lacks a field of an input that the arguments take, however deep it is nested. */
export function checkInputRules(args: GraphQLFieldConfigArgumentMap | undefined): void {
  const seen = new Set<GraphQLInputObjectType>();
  const check = (type: GraphQLInputType): void => {
    const named = getNamedType(type);
    if (!isInputObjectType(named) || seen.has(named)) return;
    seen.add(named);
    for (const field of Object.values(named.getFields())) {
      if (fill[named.name]?.[field.name] === undefined) {
        throw new Error(`The access policy does not name ${named.name}.${field.name}.`);
      }
      check(field.type);
    }
  };
  for (const { type } of Object.values(args ?? {})) check(type);
}

/** Whether any of the arguments takes an input. */
export function hasInputs(args: GraphQLFieldConfigArgumentMap | undefined): boolean {
  return Object.values(args ?? {}).some(({ type }) => isInputObjectType(getNamedType(type)));
}

/** The paths, from the argument's name on, of the input fields that were filled in and are not the viewer's to. */
export function deniedInputs(
  args: GraphQLFieldConfigArgumentMap | undefined,
  values: Readonly<Record<string, unknown>>,
  viewer: Viewer,
): string[][] {
  return Object.entries(args ?? {}).flatMap(([name, { type }]) =>
    deniedWithin(type, values[name], viewer, [name]),
  );
}

function deniedWithin(type: GraphQLInputType, value: unknown, viewer: Viewer, path: string[]): string[][] {
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    return items.flatMap((item, index) =>
      deniedWithin(nullable.ofType, item, viewer, [...path, String(index)]),
    );
  }
  if (!isInputObjectType(nullable) || typeof value !== 'object' || value === null) return [];
  const known = nullable.getFields();
  return Object.entries(value).flatMap(([name, content]) => {
    const inner = [...path, name];
    const field = known[name];
    const rule = fill[nullable.name]?.[name];
    if (field === undefined || rule === undefined || decide(viewer, rule) === 'no') return [inner];
    return deniedWithin(field.type, content, viewer, inner);
  });
}

/**
 * What a planner has decided: which subgraphs are asked for what, in which order. Conditions are none of it: an
 * operation is planned for the values that its conditions have.
 */
export type PlanNode =
  | { readonly kind: 'sequence' | 'parallel'; readonly nodes: readonly PlanNode[] }
  | FieldsFetch
  | EntitiesFetch;

/** A request to a subgraph. */
export interface Fetch {
  readonly subgraph: string;
  /** The operation's text. */
  readonly operation: string;
  readonly operationName: string | undefined;
  /** Variables of the client's operation that this one has. */
  readonly variables: readonly string[];
}

/** Fetches fields of a root type, and puts them in at a path, which is mostly the root of the answer. */
export interface FieldsFetch extends Fetch {
  readonly kind: 'fields';
  readonly path: Path;
  readonly outputRewrites: readonly Rewrite[];
}

/** Fetches fields of entities that the answer already has references to. */
export interface EntitiesFetch extends Fetch {
  readonly kind: 'entities';
  readonly batches: readonly EntityBatch[];
}

/** One `_entities` field of an operation. */
export interface EntityBatch {
  /** The field's alias, or `_entities`. */
  readonly responseName: string;
  /** The variable with the representations. */
  readonly variable: string;
  /** Where the entities are. All of them get what the subgraph answers for their representation. */
  readonly paths: readonly Path[];
  /** What a representation holds. */
  readonly requires: readonly Requirement[];
  readonly inputRewrites: readonly Rewrite[];
  readonly outputRewrites: readonly Rewrite[];
}

/** From an object to others below it. */
export type Path = readonly PathSegment[];

export type PathSegment =
  /** The value of a field, by its response name. */
  | { readonly kind: 'field'; readonly name: string }
  /** Each element of a list. */
  | { readonly kind: 'elements' }
  /** The object itself, if it is of one of these types. */
  | { readonly kind: 'type'; readonly names: readonly string[] };

export type Requirement =
  | { readonly kind: 'field'; readonly name: string; readonly selections: readonly Requirement[] | null }
  | { readonly kind: 'fragment'; readonly type: string; readonly selections: readonly Requirement[] };

/** A correction, of a representation before it is sent, or of an answer before it is used. Paths pass through lists. */
export type Rewrite =
  | { readonly kind: 'set'; readonly path: Path; readonly value: unknown }
  | { readonly kind: 'rename'; readonly path: Path; readonly to: string };

/** What the planner's plans may hold, and none for a client of ours ever does, such as a subscription. */
export class UnknownPlanError extends Error {
  override readonly name = 'UnknownPlanError';
}

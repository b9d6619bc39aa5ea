import { composeServices } from '@apollo/composition';
import { parse, printSchema } from 'graphql';

/** A subgraph's contract, and where the supergraph says the service is. */
export interface SubgraphContract {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
}

/** The supergraph, the API schema that clients see, and what composition found worth a hint. */
export interface Composition {
  readonly supergraphSdl: string;
  readonly apiSdl: string;
  readonly hints: readonly string[];
}

/** Contracts that do not fit together. The message names each conflict. */
export class CompositionError extends Error {
  constructor(problems: readonly string[]) {
    super(`The subgraphs do not compose:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'CompositionError';
  }
}

/** Composes a supergraph out of contracts. Throws a `CompositionError`. */
export function composeSupergraph(contracts: readonly SubgraphContract[]): Composition {
  const result = composeServices(
    contracts.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (result.errors !== undefined) throw new CompositionError(result.errors.map(({ message }) => message));
  return {
    supergraphSdl: `${result.supergraphSdl.trim()}\n`,
    apiSdl: `${printSchema(result.schema.toAPISchema().toGraphQLJSSchema()).trim()}\n`,
    hints: result.hints.map((hint) => hint.toString()),
  };
}

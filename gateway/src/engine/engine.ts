import { getVariableValues, GraphQLError, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { readOperation, type ClientOperation } from './client-operation.js';
import { leadsTo, type Flaw } from './flaws.js';
import { foldConditions } from './fold-conditions.js';
import type { JsonObject } from './json.js';
import type { PlanRun, RunError, SendToSubgraph } from './plan-run.js';
import { prepareOperation, type PreparedOperation, type Preparation } from './prepare-operation.js';
import type { SubgraphError } from '../subgraphs/subgraph-request.js';

/** A request of a client, parsed and valid by the API's schema. */
export interface EngineRequest {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** What stands for the document and the choice of its operation: equal ones are planned once. */
  readonly key: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly send: (isQuery: boolean) => SendToSubgraph;
}

/** The answer to a request: the JSON of `data`, undefined where it was not carried out, and the errors. */
export interface EngineAnswer {
  readonly data: string | undefined;
  readonly errors: readonly GraphQLError[];
}

/** Carries out operations over one supergraph. */
export interface Engine {
  execute(request: EngineRequest): Promise<EngineAnswer>;
}

export interface EngineOptions extends Preparation {
  /** How many plans are kept. */
  readonly plansKept: number;
  /** How long planning may take, in milliseconds. */
  readonly planningTimeout: number;
}

export function createEngine({ plansKept, planningTimeout, ...preparation }: EngineOptions): Engine {
  const { api } = preparation;
  const operations = new WeakMap<OperationDefinitionNode, ClientOperation>();
  const prepared = new LRUCache<string, Promise<PreparedOperation>>({ max: plansKept });

  function operationOf({ document, operation }: EngineRequest): ClientOperation {
    const known = operations.get(operation);
    if (known !== undefined) return known;
    const read = readOperation(document, operation);
    operations.set(operation, read);
    return read;
  }

  function prepare(request: EngineRequest, variables: JsonObject): Promise<PreparedOperation> {
    const client = operationOf(request);
    const values = client.conditions.map((name) => (variables[name] === true ? '1' : '0')).join('');
    const key = `${values} ${request.key}`;
    const known = prepared.get(key);
    if (known !== undefined) return known;
    const signal = AbortSignal.timeout(planningTimeout);
    const preparing = prepareOperation(preparation, foldConditions(client, variables), signal);
    prepared.set(key, preparing);
    preparing.catch(() => prepared.delete(key));
    return preparing;
  }

  return {
    async execute(request) {
      const { variableDefinitions = [] } = request.operation;
      const { coerced, errors } = getVariableValues(api, variableDefinitions, request.variables);
      if (errors !== undefined) return { data: undefined, errors };
      const operation = await prepare(request, coerced);
      const run: PlanRun = {
        data: {},
        variables: request.variables,
        errors: [],
        send: request.send(operation.isQuery),
      };
      operation.introspect(run.data, request.variables);
      await operation.fetch(run);
      const { text, flaws } = operation.write(run.data);
      const unexplained = flaws.filter((flaw) => !run.errors.some((error) => explains(error, flaw)));
      const faults = unexplained.map((flaw) => ({
        ...flaw,
        extensions: { code: 'DOWNSTREAM_SERVICE_ERROR' },
      }));
      return { data: text, errors: [...run.errors, ...faults].map(toGraphQLError) };
    },
  };
}

/** Whether an error says why there is no value at the place of a flaw: it is at, above or below the null. */
function explains({ path, isForAll = false }: RunError, { path: place, nullAt }: Flaw): boolean {
  return path !== undefined && (leadsTo(path, place, isForAll) || leadsTo(nullAt, path, isForAll));
}

function toGraphQLError({ message, path, extensions }: SubgraphError): GraphQLError {
  return new GraphQLError(message, {
    ...(path !== undefined && { path: [...path] }),
    extensions: { ...extensions },
  });
}

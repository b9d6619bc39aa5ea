import { mayAct, policy, type Rule } from '@caregraph/access-policy';
import { anonymous } from '@caregraph/service-kit';
import { getOperationAST, OperationTypeNode, type DocumentNode, type GraphQLSchema } from 'graphql';
import { rootFieldsOf } from '../limits/root-fields.js';

/** The rules of the fields at the root, by operation; there are no subscriptions. */
const rules: Readonly<Record<OperationTypeNode, Readonly<Record<string, Rule>>>> = {
  [OperationTypeNode.QUERY]: policy.query,
  [OperationTypeNode.MUTATION]: policy.mutate,
  [OperationTypeNode.SUBSCRIPTION]: {},
};

/**
 * Whether an operation asks, among others, for a field that nobody gets without an access token. Its services would say
 * so as well: said before the document is validated and planned, it costs a stranger's request next to nothing. The
 * document need not be valid; what does not exist at the root, and the schema's own fields, need no login.
 */
export function needsLogin(
  document: DocumentNode,
  operationName: string | undefined,
  schema: GraphQLSchema,
): boolean {
  const operation = getOperationAST(document, operationName);
  if (operation == null) return false;
  const offered = schema.getRootType(operation.operation)?.getFields() ?? {};
  return rootFieldsOf(document, operation).some(({ name: { value: name } }) => {
    if (!Object.hasOwn(offered, name)) return false;
    const rule = rules[operation.operation][name];
    // What the table does not name is for nobody, as it is in the services.
    return rule === undefined || !mayAct(anonymous, rule, null);
  });
}

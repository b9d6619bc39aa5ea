import { z } from 'zod';

/** What came back over HTTP. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** The codes of errors that clients can expect: the closed set, and Apollo's own request codes. */
const codes = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'RATE_LIMITED',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
]);

/** What no message to a client speaks of: SQL, the database, stacks, files, addresses, and JavaScript's own errors. */
const internals = [
  /\b(select|insert into|update|delete from)\b.*\b(from|values|set|where)\b/i,
  /prisma|postgres|\bpg_|\brelation "|\bcolumn "|at or near|violates|constraint|deadlock/i,
  /node_modules|\bfile:|\.[cm]?[jt]s:\d+|\bat \S+ \(|\bnode:\w/,
  /127\.0\.0\.1|localhost|https?:\/\/|:\d{4,5}\//,
  /ECONN|EPIPE|ETIMEDOUT|ENOENT/,
  /\b(Type|Range|Reference|Syntax)Error\b|cannot read prop|is not a function|is not iterable/i,
];

const graphqlError = z.object({
  message: z.string(),
  path: z.array(z.union([z.string(), z.number()])).optional(),
  locations: z.array(z.unknown()).optional(),
  extensions: z.strictObject({ code: z.string() }),
});

const graphqlAnswer = z
  .strictObject({
    data: z.record(z.string(), z.unknown()).nullish(),
    errors: z.array(graphqlError).min(1).optional(),
    extensions: z.record(z.string(), z.unknown()).optional(),
  })
  .refine(({ data, errors }) => data !== undefined || errors !== undefined, 'has neither data nor errors');

/** A GraphQL response whose errors have a message and a code, and nothing else. */
export type GraphqlAnswer = z.output<typeof graphqlAnswer>;

/** The GraphQL response in an answer; throws when it is none. */
export function parseAnswer({ text }: HttpAnswer): GraphqlAnswer {
  return graphqlAnswer.parse(JSON.parse(text));
}

/**
 * What is wrong with the answer to a hostile request: a server error, no GraphQL response, a code that is not of the
 * closed set or stands for a fault of ours, a message that tells what is behind the API. Empty for a proper answer,
 * whether it grants or refuses. `sent` is the text of the request: what a message quotes of it is no leak.
 */
export function findAnswerProblems(answer: HttpAnswer, sent: string): string[] {
  const problems = answer.status >= 500 ? [`has the status ${answer.status}`] : [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer.text);
  } catch {
    return [...problems, 'is not JSON'];
  }
  const { success, data, error } = graphqlAnswer.safeParse(parsed);
  if (!success) return [...problems, `is no GraphQL response: ${z.prettifyError(error)}`];
  for (const { message, extensions } of data.errors ?? []) {
    if (!codes.has(extensions.code)) problems.push(`has an error ${extensions.code}: ${message}`);
    problems.push(...findLeaks(message, sent));
  }
  return problems;
}

/** What a text tells of what is behind the API, other than what was sent. */
export function findLeaks(text: string, sent: string): string[] {
  return internals.flatMap((pattern) => {
    const [leak] = pattern.exec(text) ?? [];
    return leak === undefined || sent.includes(leak) ? [] : [`tells ${JSON.stringify(leak)}: ${text}`];
  });
}

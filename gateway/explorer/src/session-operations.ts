import type { ExecutionResult } from 'graphql';
import * as z from 'zod/mini';
import { NoAnswerError, type GraphqlExchange, type GraphqlRequest } from './graphql-request.js';

const sessionFields = (more = ''): string =>
  `session { accessToken refreshToken expiresAt ${more} user { fullName role } } userErrors { code message }`;

const sessionPayload = z.object({
  session: z.nullable(
    z.object({
      accessToken: z.string(),
      refreshToken: z.string(),
      deviceToken: z.optional(z.nullable(z.string())),
      expiresAt: z.string(),
      user: z.nullable(z.object({ fullName: z.string(), role: z.string() })),
    }),
  ),
  userErrors: z.array(z.object({ code: z.string(), message: z.string() })),
});

/** Who is logged in. */
export interface Viewer {
  readonly fullName: string;
  /** The role as the schema names it, for example `DOCTOR`. */
  readonly role: string;
}

/** What a login or its renewal grants. */
export interface Grant {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** What this browser proves with next time that it has logged in before; null where it was given none. */
  readonly deviceToken: string | null;
  /** How long the access token serves from now, in milliseconds, by the server's clock where that is known. */
  readonly lifetime: number;
  /** Null when the service did not say. */
  readonly viewer: Viewer | null;
}

/** What came of asking for a session: a grant, or the reason of the refusal in words for people. */
export type GrantOrRefusal = { readonly grant: Grant } | { readonly refusal: string };

/** Asks for a session with e-mail and password, and the device token of the latest login where there is one. */
export function loginRequest(email: string, password: string, deviceToken: string | null): GraphqlRequest {
  const input = { email, password, ...(deviceToken !== null && { deviceToken }) };
  return operation('Login', 'login', sessionFields('deviceToken'), input);
}

/** Asks for a session in exchange for a refresh token, which thereby is used up. */
export function refreshRequest(refreshToken: string): GraphqlRequest {
  return operation('RefreshSession', 'refreshSession', sessionFields(), { refreshToken });
}

/** Ends the session of the access token that the request is sent with. */
export function logoutRequest(): GraphqlRequest {
  return operation('Logout', 'logout', 'userErrors { code message }', {});
}

/** Reads the answer to `loginRequest` or `refreshRequest`; throws `NoAnswerError` when the service failed. */
export function readGrant({ answer, serverTime }: GraphqlExchange): GrantOrRefusal {
  const payload = sessionPayload.safeParse(Object.values(answer.data ?? {})[0]);
  if (!payload.success) throw new NoAnswerError(faultOf(answer));
  const { session, userErrors } = payload.data;
  if (session === null)
    return { refusal: userErrors[0]?.message ?? 'The server refused, and did not say why.' };
  const { accessToken, refreshToken, deviceToken = null, expiresAt, user } = session;
  const lifetime = Date.parse(expiresAt) - (serverTime ?? Date.now());
  return { grant: { accessToken, refreshToken, deviceToken, lifetime, viewer: user } };
}

function faultOf({ errors }: ExecutionResult): string {
  const [error] = errors ?? [];
  return `The server could not answer${error === undefined ? '.' : `: ${error.message}`}`;
}

function operation(
  name: string,
  field: string,
  selection: string,
  input: Readonly<Record<string, string>>,
): GraphqlRequest {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  return {
    query: `mutation ${name}($input: ${type}!) { ${field}(input: $input) { ${selection} } }`,
    operationName: name,
    variables: { input },
  };
}

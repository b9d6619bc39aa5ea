import { Pool } from 'undici';

/**
 * A client that keeps a fixed number of connections to the gateway.
 *
 * @param {string} gateway
 * @param {number} connections
 * @param {string} [accessToken]
 */
export function createGraphqlClient(gateway, connections, accessToken) {
  const pool = new Pool(gateway, { connections, pipelining: 1 });
  /** @type {Record<string, string>} */
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
  if (accessToken !== undefined) headers['authorization'] = `Bearer ${accessToken}`;

  /**
   * @param {string} body the request as JSON
   * @returns {Promise<string>} the answer as JSON
   */
  const send = async (body) => {
    const response = await pool.request({ method: 'POST', path: '/graphql', headers, body });
    const text = await response.body.text();
    if (response.statusCode !== 200 || text.includes('"errors":[{')) {
      throw new Error(`The gateway answered ${response.statusCode}: ${text.slice(0, 2_000)}`);
    }
    return text;
  };
  return { send, close: () => pool.close() };
}

/**
 * Logs in and returns an access token.
 *
 * @param {string} gateway
 * @param {{ email: string, password: string }} input
 */
export async function logIn(gateway, input) {
  const client = createGraphqlClient(gateway, 1);
  const query =
    'mutation LogIn($input: LoginInput!) { login(input: $input) { session { accessToken } userErrors { message } } }';
  try {
    const answer = JSON.parse(await client.send(JSON.stringify({ query, variables: { input } })));
    const token = answer.data.login.session?.accessToken;
    if (typeof token !== 'string') throw new Error(`The login failed: ${JSON.stringify(answer)}`);
    return token;
  } finally {
    await client.close();
  }
}

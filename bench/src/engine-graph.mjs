/** Four subgraphs that refer to each other, and an operation that goes back and forth between them. */

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external", "@requires"])`;

/** @type {Readonly<Record<string, string>>} */
export const contracts = {
  members: `${link}
    type Query { members(tag: String): [Member!] }
    type Member @key(fields: "id") { id: ID! name: String login: String born: Int }`,
  articles: `${link}
    type Query { articles(first: Int): [Article!] }
    type Article @key(fields: "id") { id: ID! title: String price: Int weight: Int }`,
  stock: `${link}
    type Article @key(fields: "id") {
      id: ID! price: Int @external weight: Int @external
      isInStock: Boolean delivery: Int @requires(fields: "price weight")
    }`,
  opinions: `${link}
    type Opinion @key(fields: "id") { id: ID! text: String author: Member article: Article }
    type Member @key(fields: "id") { id: ID! opinions: [Opinion!] }
    type Article @key(fields: "id") { id: ID! opinions: [Opinion!] }`,
};

/** How long the lists of each field are. */
export const lengths = { members: 6, articles: 5, opinions: 2 };

const query = `
  fragment M on Member { id login name }
  fragment O on Opinion { id text }
  fragment A on Article { id isInStock delivery title price weight }
  query Walk($tag: String) {
    members(tag: $tag) {
      ...M
      opinions { ...O article { ...A opinions { ...O author { ...M opinions { ...O article { ...A } } } } } }
    }
    articles(first: 5) {
      ...A
      opinions { ...O author { ...M opinions { ...O article { ...A } } } }
    }
  }`;

/**
 * What a client sends: always the same, or something else each time.
 *
 * @param {string | null} tag
 */
export function requestOf(tag) {
  return JSON.stringify({ query, variables: { tag } });
}

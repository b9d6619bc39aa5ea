/** Supergraphs that were written for one or two features of federation each: the subgraphs' contracts, by name. */
export const contracts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'references and cycles': {
    people: `
      type Query { person(id: ID!): Person people: [Person!]! oldest: Person! }
      type Person @key(fields: "id") { id: ID! name: String! age: Int boss: Person reports: [Person!] home: Address! }
      type Address @shareable { street: String! city: String }`,
    clinics: `
      type Query { clinic(id: ID!): Clinic clinics(city: String, first: Int = 2): [Clinic] }
      type Clinic @key(fields: "id") { id: ID! title: String! head: Person! staff(role: Role): [Person!]! site: Address }
      type Address @shareable { street: String! city: String }
      type Person @key(fields: "id") { id: ID! clinic: Clinic! clinics: [[Clinic!]] }
      enum Role { DOCTOR NURSE }`,
    ratings: `
      type Clinic @key(fields: "id") { id: ID! stars: Float! raters: [Person!]! }
      type Person @key(fields: "id") { id: ID! rates: [Clinic!]! nickname: String }`,
  },
  'required fields': {
    goods: `
      type Query { goods: [Product!]! product(id: ID!): Product }
      type Product @key(fields: "id") { id: ID! name: String price(currency: Currency = EUR): Float! weight: Int size: Size! }
      type Size { height: Int! width: Int }
      enum Currency { EUR USD }`,
    shipping: `
      type Product @key(fields: "id") {
        id: ID!
        weight: Int @external
        size: Size! @external
        price(currency: Currency = EUR): Float! @external
        shipping: String! @requires(fields: "weight size { height width }")
        duty: String @requires(fields: "price(currency: USD)")
        carrier: Carrier @requires(fields: "weight")
      }
      type Size { height: Int! @external width: Int @external }
      type Carrier { name: String! insured(amount: Int!): Boolean }
      enum Currency { EUR USD }`,
    labels: `
      type Product @key(fields: "id") {
        id: ID!
        shipping: String! @external
        name: String @external
        label: String! @requires(fields: "name shipping")
      }`,
  },
  'provided and overridden fields': {
    library: `
      type Query { books: [Book!]! featured: Book @provides(fields: "author { name }") }
      type Book @key(fields: "isbn") { isbn: ID! title: String! author: Author! pages: Int }
      type Author @key(fields: "id") { id: ID! name: String! @external }`,
    authors: `
      type Query { authors: [Author!]! }
      type Author @key(fields: "id") { id: ID! name: String! @shareable born: Int books: [Book!]! }
      type Book @key(fields: "isbn") { isbn: ID! pages: Int @override(from: "library") language: String }`,
  },
  'interfaces and unions': {
    media: `
      type Query { items: [Item!]! found(text: String!): [Found] item: Item }
      interface Item { id: ID! title: String }
      interface Timed implements Item { id: ID! title: String minutes: Int! }
      type Film implements Item & Timed @key(fields: "id") { id: ID! title: String minutes: Int! director: Maker }
      type Song implements Item & Timed @key(fields: "id") { id: ID! title: String minutes: Int! singers: [Maker!]! }
      type Poem implements Item @key(fields: "id") { id: ID! title: String lines: [String!] }
      union Found = Film | Song | Maker
      type Maker @key(fields: "id") { id: ID! name: String! works: [Item!]! }`,
    reviews: `
      interface Reviewed { id: ID! reviews(first: Int): [Review!]! }
      type Film implements Reviewed @key(fields: "id") { id: ID! reviews(first: Int): [Review!]! }
      type Poem implements Reviewed @key(fields: "id") { id: ID! reviews(first: Int): [Review!]! }
      type Review { stars: Int! of: Reviewed about: Subject }
      union Subject = Film | Poem | Critic
      type Critic { name: String! favourite: Reviewed }
      type Query { reviewed: [Reviewed!] subjects: [Subject!]! }`,
  },
  'interfaces that are objects elsewhere': {
    accounts: `
      type Query { accounts: [Account!]! }
      interface Account @key(fields: "id") { id: ID! owner: String! }
      type Savings implements Account @key(fields: "id") { id: ID! owner: String! rate: Float! }
      type Checking implements Account @key(fields: "id") { id: ID! owner: String! limit: Int }`,
    ledger: `
      type Query { busiest: Account top: [Account!]! }
      type Account @key(fields: "id") @interfaceObject { id: ID! entries(first: Int): [Entry!]! balance: Float }
      type Entry { amount: Float! other: Account }`,
  },
  'several and composite keys': {
    registry: `
      type Query { vehicles: [Vehicle!]! }
      type Vehicle @key(fields: "vin") @key(fields: "plate { code } region") {
        vin: ID! plate: Plate! region: String! model: String
      }
      type Plate { code: String! colour: Colour }
      enum Colour { WHITE YELLOW }`,
    insurance: `
      type Query { policies: [Policy!]! }
      type Policy @key(fields: "number") { number: ID! vehicle: Vehicle! premium(years: [Int!]): Float! }
      type Vehicle @key(fields: "plate { code } region") { plate: Plate! region: String! policies: [Policy!]! }
      type Plate @shareable { code: String! }`,
    workshops: `
      type Vehicle @key(fields: "vin") { vin: ID! visits: [Visit] }
      type Visit { at: Json note: String! vehicle: Vehicle! }
      scalar Json`,
  },
  'hidden parts of the graph': {
    staff: `
      type Query { everybody: [Member!]! secret: Member @inaccessible one: Duty }
      type Member @key(fields: "id") { id: ID! badge: String! @inaccessible level: Level! boss: Member duties: [Duty!]! }
      interface Duty { name: String! }
      type Ward implements Duty { name: String! beds: Int }
      type Guard implements Duty @inaccessible { name: String! hours: Int }
      enum Level { JUNIOR SENIOR GHOST @inaccessible }`,
    rota: `
      type Member @key(fields: "id") {
        id: ID! badge: String! @external pass: String! @requires(fields: "badge") levels: [Level] level2: Level
      }
      enum Level { JUNIOR SENIOR GHOST @inaccessible }`,
  },
  'mutations in order': {
    orders: `
      type Query { order(id: ID!): Order }
      type Mutation { place(name: String!): Order! cancel(id: ID!): Order clear: Boolean! }
      type Order @key(fields: "id") { id: ID! name: String! total: Float }`,
    payments: `
      type Query { payments: [Payment!]! }
      type Mutation { pay(id: ID!): Payment! refund(id: ID!, amount: Float): [Payment!] }
      type Payment { id: ID! order: Order! }
      type Order @key(fields: "id") { id: ID! payments: [Payment!]! }`,
  },
  'hostile names': {
    one: `
      type Query { constructor: toString hasOwnProperty(prototype: Int): [toString!]! valueOf: String }
      type toString @key(fields: "constructor") { constructor: ID! toString: String valueOf: Json isPrototypeOf: hidden }
      type hidden { propertyIsEnumerable: Boolean! }
      scalar Json`,
    two: `
      type toString @key(fields: "constructor") { constructor: ID! hasOwnProperty: Int toLocaleString: toString }
      type Query { prototype: toString! }`,
  },
};

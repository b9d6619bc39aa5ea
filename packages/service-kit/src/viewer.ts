/** The roles of the spec's `users.role`, as the API names them. */
export const roles = ['ADMIN', 'DOCTOR', 'NURSE', 'STAFF'] as const;
export type Role = (typeof roles)[number];

/** The services that own data. */
export const serviceNames = ['users', 'patients', 'appointments'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** The processes that call each other under a principal of their own. */
export const principals = [...serviceNames, 'gateway'] as const;
export type Principal = (typeof principals)[number];

/** On whose behalf a request is carried out. */
export type Viewer =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly id: number; readonly role: Role; readonly sessionId: string }
  | { readonly kind: 'service'; readonly name: Principal };

export const anonymous: Viewer = { kind: 'anonymous' };

/** Where a request came from, as the gateway saw it; null where nobody can say. */
export interface Client {
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** The client of a request that no user has sent. */
export const noClient: Client = { address: null, userAgent: null };

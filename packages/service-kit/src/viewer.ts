/** The roles of the spec's `users.role`, as the API names them. */
export const roles = ['ADMIN', 'DOCTOR', 'NURSE', 'STAFF'] as const;
export type Role = (typeof roles)[number];

/** The services that own data, and call each other under a principal of their own. */
export const serviceNames = ['users', 'patients', 'appointments'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** On whose behalf a request is carried out. */
export type Viewer =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly id: number; readonly role: Role; readonly sessionId: string }
  | { readonly kind: 'service'; readonly name: ServiceName };

export const anonymous: Viewer = { kind: 'anonymous' };

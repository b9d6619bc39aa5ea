import type { Role, Viewer } from '@caregraph/service-kit';

/** Whom a rule can name: a role, another service, or somebody who has not logged in. */
export type Actor = Role | 'SERVICE' | 'ANONYMOUS';

/** Who may read a field, run a mutation or fill in an input field. */
export interface Rule {
  readonly allow: readonly Actor[];
  /** Whether a user may also read this of their own `User`, whatever their role. */
  readonly self?: true;
}

/** The rules of one type, by field. A field that is not named is denied to everyone. */
export type TypeRules = Readonly<Record<string, Rule>>;

/** The actor that a viewer is. */
export function actorOf(viewer: Viewer): Actor {
  switch (viewer.kind) {
    case 'anonymous':
      return 'ANONYMOUS';
    case 'service':
      return 'SERVICE';
    case 'user':
      return viewer.role;
  }
}

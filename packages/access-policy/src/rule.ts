import type { Principal, Role, Viewer } from '@caregraph/service-kit';

/** Whom a rule can name: a role, a process that asks in its own name, or somebody who has not logged in. */
type Actor = Role | Principal | 'ANONYMOUS';

/** Whether an actor may do something: with every record, with its own only, or not. */
type Decision = 'yes' | 'own' | 'no';

/** What one rule says: of every role; of a process that it does not name, and of strangers, that they may not. */
export type Rule = Readonly<Record<Role, Decision> & Partial<Record<Exclude<Actor, Role>, 'yes'>>>;

/** The rules of one type, by field. A field that is not named is denied to everyone. */
export type FieldRules = Readonly<Record<string, Rule>>;

/** What the rule says of the viewer. */
export function decide(viewer: Viewer, rule: Rule): Decision {
  return rule[actorOf(viewer)] ?? 'no';
}

/**
 * Whether the rule lets the viewer act on a record of `ownerId`. Null stands for a record that is nobody's, or not
 * known yet: it lets through only whom the rule lets act on every record.
 */
export function mayAct(viewer: Viewer, rule: Rule, ownerId: number | null): boolean {
  const decision = decide(viewer, rule);
  switch (decision) {
    case 'yes':
      return true;
    case 'own':
      return viewer.kind === 'user' && viewer.id === ownerId;
    case 'no':
      return false;
  }
}

/** The rules of several fields: each key lists, separated by spaces, the fields that its rule is for. */
export function fields<const Groups extends FieldRules>(
  groups: Groups,
): Readonly<Record<Words<keyof Groups & string>, Rule>> {
  const rules = Object.entries(groups).flatMap(([names, rule]) =>
    names.split(' ').map((name): [string, Rule] => [name, rule]),
  );
  const named = new Map(rules);
  // Of two rules for one field the later would win without a word, and nobody would see that it is the wider one.
  if (named.size !== rules.length)
    throw new Error(`A field has two rules: ${Object.keys(groups).join(', ')}.`);
  return Object.fromEntries(named) as Record<Words<keyof Groups & string>, Rule>;
}

type Words<Text extends string> = Text extends `${infer First} ${infer Rest}` ? First | Words<Rest> : Text;

function actorOf(viewer: Viewer): Actor {
  switch (viewer.kind) {
    case 'anonymous':
      return 'ANONYMOUS';
    case 'service':
      return viewer.name;
    case 'user':
      return viewer.role;
  }
}

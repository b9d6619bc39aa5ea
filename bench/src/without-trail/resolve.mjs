const silentTrail = new URL('silent-trail.mjs', import.meta.url).href;

/**
 * Answers the silent trail for the audit trail's package, but to the silent trail itself.
 *
 * @type {import('node:module').ResolveHook}
 */
export async function resolve(specifier, context, nextResolve) {
  if (specifier !== '@caregraph/audit-trail' || context.parentURL === silentTrail) {
    return nextResolve(specifier, context);
  }
  return { url: silentTrail, shortCircuit: true };
}

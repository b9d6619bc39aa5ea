const minimum = [20, 19];

/**
 * @param {string} version of Node, such as `20.19.0`
 * @returns {string | undefined} what to tell a person whose Node is too old
 */
export function nodeVersionProblem(version) {
  const [major, minor] = version.split('.').map(Number);
  if (major > minimum[0] || (major === minimum[0] && minor >= minimum[1])) return undefined;
  return `Caregraph needs Node ${minimum.join('.')} or later (24 is recommended); this is Node ${version}.`;
}

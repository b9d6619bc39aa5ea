import type { ReactNode } from 'react';
import type { Viewer } from './session-operations.js';

/** Shows who is logged in, and logs out. */
export function ViewerBadge({
  viewer,
  onLogOut,
}: {
  readonly viewer: Viewer | null;
  readonly onLogOut: () => void;
}): ReactNode {
  const name = viewer?.fullName ?? 'Logged in';
  return (
    <div className="viewer" role="group" aria-label="Session">
      <span className="viewer-initials" aria-hidden="true">
        {initialsOf(name)}
      </span>
      <span className="viewer-name">{name}</span>
      {viewer !== null && <span className="viewer-role">{viewer.role.toLowerCase()}</span>}
      <button type="button" className="button" onClick={onLogOut}>
        Log out
      </button>
    </div>
  );
}

function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '');
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => (word ?? '').slice(0, 1).toUpperCase()).join('');
}

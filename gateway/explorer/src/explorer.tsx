import { GraphiQL } from 'graphiql';
import { useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { ExampleTab } from './example-tabs.js';
import { createFetcher } from './fetcher.js';
import { LoginForm } from './login-form.js';
import type { Session } from './session.js';
import { ViewerBadge } from './viewer-badge.js';
import markUrl from './mark.svg';

/** What the page needs. */
export interface ExplorerProps {
  /** Under which requests go. */
  readonly session: Session;
  /** Where GraphiQL keeps tabs and history. */
  readonly storage: Storage;
  /** What it opens with when the storage holds no tabs. */
  readonly tabs: ExampleTab[];
}

/** The page: a bar that logs in and out, and GraphiQL below it. */
export function Explorer({ session, storage, tabs }: ExplorerProps): ReactNode {
  const state = useSyncExternalStore(session.subscribe, session.state);
  const [logouts, setLogouts] = useState(0);
  const loggedIn = state.kind === 'loggedIn';
  // GraphiQL asks for the schema anew when the fetcher is another one, as it must when somebody logs in.
  const fetcher = useMemo(() => createFetcher(session), [session, loggedIn]);
  const logOut = (): void => {
    // A GraphiQL that starts afresh shows none of the answers that the viewer got.
    setLogouts((count) => count + 1);
    void session.logOut();
  };
  return (
    <>
      <header className="bar">
        <h1 className="brand">
          <img src={markUrl} alt="" width="28" height="28" />
          Caregraph <span className="brand-part">Explorer</span>
        </h1>
        {state.kind === 'resuming' && <p className="bar-status">Resuming your session…</p>}
        {state.kind === 'loggedIn' && <ViewerBadge viewer={state.viewer} onLogOut={logOut} />}
        {state.kind === 'loggedOut' && <LoginForm notice={state.notice} logIn={session.logIn} />}
      </header>
      <main className="workspace">
        <GraphiQL
          key={logouts}
          fetcher={fetcher}
          storage={storage}
          defaultTabs={tabs}
          defaultEditorToolsVisibility="variables"
          shouldPersistHeaders={false}
          inputValueDeprecation
        />
      </main>
    </>
  );
}

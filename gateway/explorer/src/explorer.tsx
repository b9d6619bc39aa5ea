import { GraphiQL } from 'graphiql';
import { useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import { exampleTabs } from './example-tabs.js';
import { createFetcher } from './fetcher.js';
import { LoginForm } from './login-form.js';
import type { Session } from './session.js';
import { ViewerBadge } from './viewer-badge.js';
import markUrl from './mark.svg';

/** What the page needs: the session under which requests go, and where tabs and history are kept. */
export interface ExplorerProps {
  readonly session: Session;
  /**
   * Operations may carry patients' names, so this should not outlast the browser's tab: on a machine that several
   * people use, the next one would find them.
   */
  readonly storage: Storage;
}

/** The page: a bar that logs in and out, and GraphiQL below it. */
export function Explorer({ session, storage }: ExplorerProps): ReactNode {
  const state = useSyncExternalStore(session.subscribe, session.state);
  const [defaultTabs] = useState(() => exampleTabs(new Date()));
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
          defaultTabs={defaultTabs}
          defaultEditorToolsVisibility="variables"
          inputValueDeprecation
        />
      </main>
    </>
  );
}

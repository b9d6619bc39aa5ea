import { createRoot } from 'react-dom/client';
import { provideEditorWorkers } from './provide-workers.js';
import { exampleTabs, openFirstTab } from './example-tabs.js';
import { Explorer } from './explorer.js';
import { createSession } from './session.js';
import 'graphiql/style.css';
import './explorer.css';

const element = document.getElementById('explorer');
if (element === null) throw new Error('The page has no element for the explorer.');

provideEditorWorkers();
// What is typed here may name patients. On a machine that several people use, it must not outlast the browser's tab.
const storage = window.sessionStorage;
const session = createSession({
  endpoint: '/graphql',
  fetch: window.fetch.bind(window),
  storage,
  // Opens nothing by itself, and is for the time after the tab: it tells the next login here from a stranger's.
  devices: window.localStorage,
  now: () => performance.now(),
});
void session.resume();
const tabs = exampleTabs(new Date());
openFirstTab(storage, tabs);
createRoot(element).render(<Explorer session={session} storage={storage} tabs={tabs} />);

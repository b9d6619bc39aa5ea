import { createRoot } from 'react-dom/client';
import { provideEditorWorkers } from './editor-workers.js';
import { Explorer } from './explorer.js';
import { createSession } from './session.js';
import 'graphiql/style.css';
import './explorer.css';

const element = document.getElementById('explorer');
if (element === null) throw new Error('The page has no element for the explorer.');

provideEditorWorkers();
const session = createSession({
  endpoint: '/graphql',
  fetch: window.fetch.bind(window),
  storage: window.sessionStorage,
  now: () => performance.now(),
});
void session.resume();
createRoot(element).render(<Explorer session={session} storage={window.sessionStorage} />);

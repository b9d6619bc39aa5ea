export { loadConfig, type Config } from './config.js';
export { startServer } from './server.js';

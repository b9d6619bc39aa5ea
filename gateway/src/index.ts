export { loadConfig, type Config } from './config.js';
export { startGateway } from './server.js';

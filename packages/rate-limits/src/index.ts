export * from './client-network.js';
export * from './growing-delay.js';
export * from './rate-limits.js';
export * from './redis-connection.js';

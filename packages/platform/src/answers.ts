import { get as getPlain } from 'node:http';
import { get as getEncrypted } from 'node:https';

/** How long an answer may take, in milliseconds. */
const patience = 2_000;

/**
 * Whether `GET` of an http or https URL gets the status 200 in time. Whose certificate it is does not matter: this asks
 * processes of our own how they are, and tells them nothing.
 */
export function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(patience);
    const request = url.startsWith('https:')
      ? getEncrypted(url, { rejectUnauthorized: false, signal })
      : getPlain(url, { signal });
    request.on('response', (response) => {
      response.resume();
      response.once('close', () => {
        resolve(response.complete && response.statusCode === 200);
      });
    });
    request.once('error', () => {
      resolve(false);
    });
  });
}

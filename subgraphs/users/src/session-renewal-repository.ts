import type { Client } from '@caregraph/service-kit';
import { actingAs, nameActor, type Actor, type Database, type Transaction } from './database.js';
import type { RefreshToken } from './generated/prisma/client.js';
import { createSuccessorSalt, hashRefreshToken, successorOf } from './refresh-token.js';
import type { OpenSession } from './session.js';
import { endSessions } from './session-repository.js';
import { toUser, userColumns, type SelectedUser } from './user-row.js';

/** A session that goes on, and the refresh token that renews it next. */
export interface RenewedSession extends OpenSession {
  readonly refreshToken: string;
}

/** What came of presenting a refresh token. */
export type Renewal =
  | { readonly kind: 'renewed'; readonly session: RenewedSession }
  | { readonly kind: 'replayed'; readonly sessionId: string; readonly userId: number }
  | { readonly kind: 'over'; readonly sessionId: string }
  | { readonly kind: 'unknown' };

/** When a renewal takes place, and what it grants. */
interface RenewalTerms {
  readonly now: Date;
  /** When the renewed session ends if nobody renews it again; the end of the session may come sooner. */
  readonly renewableUntil: Date;
  /** How long after its first use a token gives the same answer again, in milliseconds. */
  readonly grace: number;
  readonly client: Client;
}

/** Exchanges refresh tokens. They are known by their SHA-256 only. */
export type SessionRenewalRepository = ReturnType<typeof createSessionRenewalRepository>;

export function createSessionRenewalRepository(database: Database) {
  return {
    /**
     * Exchanges a refresh token for its successor. RFC 9700, section 4.14.2: each serves once, and the replay of a
     * used one ends the session, because thief and owner cannot be told apart. Two tabs of one browser replay as
     * well: within the grace, and until somebody has used the successor, the used token gives that very successor
     * again, so that there never are two tokens that could be used next. A replay is one also when the session is over.
     *
     * The session is locked before anything is read: its epoch is then one that a change of the account, which
     * raises it, has not reached yet or has passed for good. So the user, who is read afterwards, is current, or the
     * access token that is made of it names an epoch that is about to be refused.
     *
     * The session's user makes the changes; those of a replay are its sender's, who has proved nothing.
     */
    renew(token: string, terms: RenewalTerms, sender: Actor): Promise<Renewal> {
      const tokenHash = hashRefreshToken(token);
      return database.$transaction(async (transaction) => {
        const [session] = await transaction.$queryRaw<SessionRow[]>`
          SELECT id::text, user_id AS "userId", token_epoch AS epoch, expires_at AS "expiresAt",
            ended_at IS NULL AND least(renewable_until, expires_at) > ${terms.now}::timestamp AS "isOpen"
          FROM sessions WHERE id = (SELECT session_id FROM refresh_tokens WHERE token_hash = ${tokenHash})
          FOR UPDATE`;
        if (session === undefined) return { kind: 'unknown' };
        const { id, userId, epoch } = session;
        const presented = await present(transaction, tokenHash, userId);
        const user = toUser(presented);
        if (!session.isOpen || !user.isActive) {
          return isRepeatable(presented.usedAt, terms)
            ? { kind: 'over', sessionId: id }
            : { kind: 'replayed', sessionId: id, userId };
        }
        const holder = { kind: 'user', id: userId, role: user.role, sessionId: id } as const;
        const next =
          presented.usedAt === null
            ? await use(transaction, token, session, terms, actingAs(sender, holder))
            : await repeat(transaction, token, presented, terms);
        if (next !== null) return { kind: 'renewed', session: { id, epoch, user, ...next } };
        await nameActor(transaction, sender);
        await endSessions(transaction, { id }, 'REPLAYED', terms.now, terms.client);
        return { kind: 'replayed', sessionId: id, userId };
      });
    },
  };
}

interface SessionRow {
  readonly id: string;
  readonly userId: number;
  readonly epoch: number;
  readonly expiresAt: Date;
  readonly isOpen: boolean;
}

type PresentedToken = SelectedUser & Pick<RefreshToken, 'usedAt' | 'successorSalt'>;

/** A token that exists, with the user of its session. */
async function present(
  transaction: Transaction,
  tokenHash: Uint8Array<ArrayBuffer>,
  userId: number,
): Promise<PresentedToken> {
  const [row] = await transaction.$queryRaw<PresentedToken[]>`
    SELECT ${userColumns}, used_at AS "usedAt", successor_salt AS "successorSalt" FROM refresh_tokens, users
    WHERE token_hash = ${tokenHash} AND users.id = ${userId}`;
  if (row === undefined) throw new Error('The token of a session that is locked has disappeared.');
  return row;
}

type NextToken = Pick<RenewedSession, 'refreshToken' | 'renewableUntil'>;

/** The first use. Whoever uses a token has it, so that no earlier answer needs to be repeated any more. */
async function use(
  transaction: Transaction,
  token: string,
  session: SessionRow,
  terms: RenewalTerms,
  holder: Actor,
): Promise<NextToken> {
  await nameActor(transaction, holder);
  const salt = createSuccessorSalt();
  const refreshToken = successorOf(token, salt);
  const used = hashRefreshToken(token);
  const renewableUntil = terms.renewableUntil < session.expiresAt ? terms.renewableUntil : session.expiresAt;
  await transaction.$executeRaw`
    WITH used AS (
      UPDATE refresh_tokens SET used_at = ${terms.now}::timestamp, successor_salt = ${salt}
      WHERE token_hash = ${used}
    ), earlier AS (
      UPDATE refresh_tokens SET successor_salt = NULL
      WHERE session_id = ${session.id}::uuid AND successor_salt IS NOT NULL AND token_hash <> ${used}
    ), renewed AS (
      UPDATE sessions SET last_used_at = ${terms.now}::timestamp, renewable_until = ${renewableUntil}::timestamp
      WHERE id = ${session.id}::uuid
    )
    INSERT INTO refresh_tokens (token_hash, session_id, expires_at)
    VALUES (${hashRefreshToken(refreshToken)}, ${session.id}::uuid, ${renewableUntil}::timestamp)`;
  return { refreshToken, renewableUntil };
}

/** Whether a client that presents a token with good reason may do so, as far as its first use tells. */
function isRepeatable(usedAt: Date | null, { now, grace }: RenewalTerms): boolean {
  return usedAt === null || now.getTime() - usedAt.getTime() < grace;
}

/** The answer of the first use, where it may be given once more; null for a replay. */
async function repeat(
  transaction: Transaction,
  token: string,
  { usedAt, successorSalt }: PresentedToken,
  terms: RenewalTerms,
): Promise<NextToken | null> {
  if (successorSalt === null || !isRepeatable(usedAt, terms)) return null;
  const refreshToken = successorOf(token, successorSalt);
  const tokenHash = hashRefreshToken(refreshToken);
  const successor = await transaction.refreshToken.findUniqueOrThrow({ where: { tokenHash } });
  return { refreshToken, renewableUntil: successor.expiresAt };
}

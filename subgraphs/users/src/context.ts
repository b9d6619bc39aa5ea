import type { AuditLog, AuditRecorder, AuditTrail } from '@caregraph/audit-trail';
import type { CallContext, Viewer } from '@caregraph/service-kit';
import { createLoginService, type LoginService } from './login-service.js';
import { createPasswordService, type PasswordService } from './password-service.js';
import { createSessionService, type SessionService } from './session-service.js';
import { createUserService, type UserService } from './user-service.js';
import { createUserSessionService, type UserSessionService } from './user-session-service.js';

/** What one request has: fresh each time, so that nothing that was read outlives it. */
export interface RequestContext extends CallContext {
  readonly audit: AuditRecorder;
  readonly auditLog: AuditLog;
  /** A login makes its user the viewer of the rest of the request. */
  viewer: Viewer;
  readonly users: UserService;
  readonly passwords: PasswordService;
  readonly logins: LoginService;
  readonly sessions: SessionService;
  readonly userSessions: UserSessionService;
}

/** What all requests share. */
export type Dependencies = { readonly trail: AuditTrail } & Omit<
  Parameters<typeof createSessionService>[0] &
    Parameters<typeof createLoginService>[0] &
    Parameters<typeof createUserService>[0] &
    Parameters<typeof createPasswordService>[0] &
    Parameters<typeof createUserSessionService>[0],
  'audit'
>;

export function createContext(call: CallContext, shared: Dependencies): RequestContext {
  const audit = shared.trail.recorderFor(call);
  const dependencies = { ...shared, audit };
  return {
    ...call,
    audit,
    auditLog: shared.trail.log,
    users: createUserService(dependencies),
    passwords: createPasswordService(dependencies),
    logins: createLoginService(dependencies),
    sessions: createSessionService(dependencies),
    userSessions: createUserSessionService(dependencies),
  };
}

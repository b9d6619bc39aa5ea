import { dateTimeScalar } from '@caregraph/service-kit';
import type { RequestContext } from './context.js';
import type { Resolvers } from './generated/graphql.js';
import type { SessionOutcome } from './session.js';
import { fullName } from './user.js';

export const resolvers: Resolvers = {
  DateTime: dateTimeScalar,
  Query: {
    me: (_, _args, { users, viewer }) => users.me(viewer),
    user: (_, { id }, { users, viewer }) => users.find(viewer, id),
    users: (_, { filter, ...page }, { users, viewer }) => users.list(viewer, filter, page),
    sessions: (_, { userId, filter, ...page }, { userSessions, viewer }) =>
      userSessions.list(viewer, userId, filter, page),
    usersAuditLog: (_, list, { auditLog }) => auditLog.list(list),
  },
  Mutation: {
    login: async (_, { input }, context) =>
      asViewer(context, await context.logins.login(input, context.client)),
    refreshSession: async (_, { input }, context) =>
      asViewer(context, await context.sessions.refresh(input, context)),
    logout: (_, { input }, { sessions, viewer }) => sessions.logout(viewer, input),
    revokeSession: (_, { input }, { userSessions, viewer }) => userSessions.revoke(viewer, input),
    revokeAllSessions: (_, { input }, { userSessions, viewer }) => userSessions.revokeAll(viewer, input),
    createUser: (_, { input }, { users, viewer }) => users.create(viewer, input),
    updateUser: (_, { input }, { users, viewer }) => users.update(viewer, input),
    changePassword: (_, { input }, { passwords, viewer }) => passwords.changePassword(viewer, input),
    resetPassword: (_, { input }, { passwords, viewer }) => passwords.resetPassword(viewer, input),
    deactivateUser: (_, { input }, { users, viewer }) => users.deactivate(viewer, input),
    reactivateUser: (_, { input }, { users, viewer }) => users.reactivate(viewer, input),
  },
  User: {
    __resolveReference: ({ id }, { users }) => users.load(String(id)),
    fullName,
  },
  UserSession: {
    user: ({ userId }, _args, { users }) => users.load(String(userId)),
    isCurrent: ({ id }, _args, { viewer }) => viewer.kind === 'user' && viewer.sessionId === id,
  },
  AuditActor: {
    user: ({ userId }, _args, { users }) => (userId === null ? null : users.load(String(userId))),
  },
};

/** The user who has just proved to be one may read the answer. */
function asViewer(context: RequestContext, outcome: SessionOutcome): SessionOutcome {
  if (outcome.session !== null) context.viewer = outcome.session.viewer;
  return outcome;
}

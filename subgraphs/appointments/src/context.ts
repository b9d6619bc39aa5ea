import type { AuditLog, AuditRecorder, AuditTrail } from '@caregraph/audit-trail';
import type { FieldCipher } from '@caregraph/encryption';
import type { CallContext } from '@caregraph/service-kit';
import type { AppointmentHistoryRepository } from './appointment-history-repository.js';
import { createAppointmentLists, type AppointmentLists } from './appointment-lists.js';
import { createAppointmentListRepository } from './appointment-list-repository.js';
import { createAppointmentRepository } from './appointment-repository.js';
import { createAppointmentService, type AppointmentService } from './appointment-service.js';
import type { AppointmentTypeRuleRepository } from './appointment-type-rule-repository.js';
import {
  createAppointmentTypeRuleService,
  type AppointmentTypeRuleService,
} from './appointment-type-rule-service.js';
import { createRetypingService } from './retyping-service.js';
import type { BookingRepository } from './booking-repository.js';
import type { BookingRequestRepository } from './booking-request-repository.js';
import { createBookingService, type BookingService } from './booking-service.js';
import type { Database } from './database.js';
import { createDirectory, type DirectoryClients } from './directory.js';
import type { PatientRestrictions } from './patient-restrictions.js';
import { createReschedulingService, type ReschedulingService } from './rescheduling-service.js';
import {
  createScheduleExceptionService,
  type ScheduleExceptionService,
} from './schedule-exception-service.js';
import type { ScheduleExceptionRepository } from './schedule-exception-repository.js';
import { createScheduleExceptions, type ScheduleExceptions } from './schedule-exceptions.js';
import type { ScheduleRepository } from './schedule-repository.js';
import { createScheduleService, type ScheduleService } from './schedule-service.js';
import { createTransitionService, type TransitionService } from './transition-service.js';
import type { SlotHoldRepository } from './slot-hold-repository.js';
import { createSlotHoldService, type SlotHoldService } from './slot-hold-service.js';
import { createSlotService, type SlotService } from './slot-service.js';
import type { Turns } from './turns.js';

/** What one request has: fresh each time, so that nothing that was read outlives it. */
export interface RequestContext extends CallContext {
  readonly audit: AuditRecorder;
  readonly auditLog: AuditLog;
  readonly cipher: FieldCipher;
  readonly appointments: AppointmentService;
  readonly transitions: TransitionService;
  readonly lists: AppointmentLists;
  readonly bookings: BookingService;
  readonly rescheduling: ReschedulingService;
  readonly schedules: ScheduleService;
  readonly typeRules: AppointmentTypeRuleService;
  readonly holds: SlotHoldService;
  readonly slots: SlotService;
  readonly scheduleExceptions: ScheduleExceptions;
  readonly exceptions: ScheduleExceptionService;
}

/** What all requests share. */
export interface Dependencies {
  readonly trail: AuditTrail;
  readonly cipher: FieldCipher;
  readonly database: Database;
  readonly restrictions: PatientRestrictions;
  readonly histories: AppointmentHistoryRepository;
  readonly bookings: BookingRepository;
  readonly requests: BookingRequestRepository;
  readonly holds: SlotHoldRepository;
  readonly schedules: ScheduleRepository;
  readonly exceptions: ScheduleExceptionRepository;
  readonly typeRules: AppointmentTypeRuleRepository;
  readonly clients: DirectoryClients;
  readonly turns: Turns;
}

export function createContext(call: CallContext, dependencies: Dependencies): RequestContext {
  const shared = {
    ...dependencies,
    audit: dependencies.trail.recorderFor(call),
    hiddenPatients: () => dependencies.restrictions.hiddenFrom(call.viewer),
    directory: createDirectory(dependencies.clients, call.requestId),
  };
  const appointments = createAppointmentRepository(shared);
  return {
    ...call,
    audit: shared.audit,
    auditLog: shared.trail.log,
    cipher: shared.cipher,
    appointments: createAppointmentService({
      appointments,
      retyping: createRetypingService({ ...shared, appointments }),
    }),
    transitions: createTransitionService({ ...shared, appointments }),
    lists: createAppointmentLists(createAppointmentListRepository(shared)),
    bookings: createBookingService(shared),
    rescheduling: createReschedulingService({ ...shared, appointments }),
    schedules: createScheduleService(shared),
    typeRules: createAppointmentTypeRuleService(shared),
    holds: createSlotHoldService(shared),
    slots: createSlotService(shared),
    scheduleExceptions: createScheduleExceptions(shared.exceptions),
    exceptions: createScheduleExceptionService(shared),
  };
}

import type { CallContext } from '@caregraph/service-kit';
import { createAppointmentLists, type AppointmentLists } from './appointment-lists.js';
import type { AppointmentRepository } from './appointment-repository.js';
import { createAppointmentService, type AppointmentService } from './appointment-service.js';
import type { BookingRepository } from './booking-repository.js';
import { createBookingService, type BookingService } from './booking-service.js';
import type { Database } from './database.js';
import { createDirectory, type DirectoryClients } from './directory.js';
import type { ScheduleRepository } from './schedule-repository.js';
import { createScheduleService, type ScheduleService } from './schedule-service.js';
import type { Turns } from './turns.js';

/** What one request has: fresh each time, so that nothing that was read outlives it. */
export interface RequestContext extends CallContext {
  readonly appointments: AppointmentService;
  readonly lists: AppointmentLists;
  readonly bookings: BookingService;
  readonly schedules: ScheduleService;
}

/** What all requests share. */
export interface Dependencies {
  readonly database: Database;
  readonly appointments: AppointmentRepository;
  readonly bookings: BookingRepository;
  readonly schedules: ScheduleRepository;
  readonly clients: DirectoryClients;
  readonly turns: Turns;
}

export function createContext(call: CallContext, dependencies: Dependencies): RequestContext {
  const shared = { ...dependencies, directory: createDirectory(dependencies.clients, call.requestId) };
  return {
    ...call,
    appointments: createAppointmentService(shared),
    lists: createAppointmentLists(dependencies.appointments),
    bookings: createBookingService(shared),
    schedules: createScheduleService(shared),
  };
}

import { GraphQLScalarType, Kind } from 'graphql';
import { invalidValue } from './errors.js';

const dateTimePattern =
  /^(\d{4}-\d{2}-\d{2})[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const datePattern = /^\d{4}-\d{2}-\d{2}$/;
const localTimePattern = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/;

/**
 * RFC 3339 section 5.6 into an instant; finer fractions than milliseconds are cut off. Leap seconds are refused, and
 * instants that an offset carries out of the years 1 to 9999 in UTC: neither RFC 3339 nor PostgreSQL can write them.
 */
function parseDateTime(value: string): Date {
  const [, date] = dateTimePattern.exec(value) ?? [];
  if (date === undefined || !isDate(date)) {
    throw invalidValue('A DateTime is written as in RFC 3339, for example 2026-03-02T14:30:00Z.');
  }
  const instant = new Date(value.toUpperCase());
  const year = instant.getUTCFullYear();
  if (year < 1 || year > 9_999) {
    throw invalidValue('A DateTime is within the years 0001 to 9999 in UTC.');
  }
  return instant;
}

function parseDate(value: string): string {
  if (datePattern.test(value) && isDate(value)) return value;
  throw invalidValue('A Date is a day of the calendar, written as YYYY-MM-DD.');
}

function parseLocalTime(value: string): string {
  if (localTimePattern.test(value)) return value;
  throw invalidValue('A LocalTime is written as HH:MM, from 00:00 to 24:00.');
}

/** Whether `YYYY-MM-DD` names a day that exists: `2026-02-30` does not; neither does the year 0000 in PostgreSQL. */
function isDate(value: string): boolean {
  const instant = new Date(`${value}T00:00:00Z`);
  return (
    !value.startsWith('0000') && !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(value)
  );
}

function stringScalar<Internal>(
  name: string,
  parse: (value: string) => Internal,
  serialize: (value: unknown) => string,
): GraphQLScalarType<Internal, string> {
  const parseValue = (value: unknown): Internal => {
    if (typeof value !== 'string') throw invalidValue(`A ${name} is a string.`);
    return parse(value);
  };
  return new GraphQLScalarType({
    name,
    serialize,
    parseValue,
    parseLiteral: (node) => parseValue(node.kind === Kind.STRING ? node.value : null),
  });
}

/** An instant; `Date` inside, RFC 3339 in UTC with milliseconds outside. */
export const dateTimeScalar = stringScalar('DateTime', parseDateTime, (value) => {
  if (value instanceof Date) return value.toISOString();
  throw new TypeError('A DateTime must be given as a Date.');
});

/** A calendar date; `YYYY-MM-DD` inside and outside. */
export const dateScalar = stringScalar('Date', parseDate, String);

/** A time of day; `HH:MM` inside and outside. */
export const localTimeScalar = stringScalar('LocalTime', parseLocalTime, String);

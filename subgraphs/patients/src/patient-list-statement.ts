import type { PageRequest } from '@caregraph/service-kit';
import type { Gender } from './generated/graphql.js';
import { Prisma } from './generated/prisma/client.js';
import { genderMapping } from './patient.js';
import { columns } from './patient-row.js';

/** The sort key of a list of patients: how well they match the search (0 without one), then their name. */
export type PatientKey = readonly [rank: number, lastName: string, firstName: string, id: number];

/** Which patients a list holds; a null condition holds for every patient. Dates are `YYYY-MM-DD`, inclusive. */
export interface PatientConditions {
  readonly search: string | null;
  readonly isActive: boolean | null;
  readonly gender: Gender | null;
  readonly bornFrom: string | null;
  readonly bornTo: string | null;
  readonly phone: string | null;
  readonly email: string | null;
  readonly createdById: number | null;
}

/**
 * Selects a page, and one row more: the patients by name, or with a search the best matches first. `visible` is the
 * condition that the viewer sees a record.
 */
export function listStatement(
  conditions: PatientConditions,
  visible: Prisma.Sql,
  page: PageRequest<PatientKey>,
): Prisma.Sql {
  const condition = where(conditions, visible);
  return conditions.search === null
    ? listByName(condition, page)
    : listByRank(condition, rankOf(conditions.search), page);
}

function listByName(condition: Prisma.Sql, { first, after }: PageRequest<PatientKey>): Prisma.Sql {
  const rest =
    after === null
      ? Prisma.empty
      : Prisma.sql`AND (last_name, first_name, id) > (${Prisma.join(after.slice(1))})`;
  return Prisma.sql`
    SELECT ${columns}, 0 AS rank FROM patients WHERE ${condition} ${rest}
    ORDER BY last_name, first_name, id LIMIT ${first + 1}`;
}

function listByRank(
  condition: Prisma.Sql,
  rank: Prisma.Sql,
  { first, after }: PageRequest<PatientKey>,
): Prisma.Sql {
  const rest =
    after === null
      ? Prisma.empty
      : Prisma.sql`WHERE (rank, "lastName", "firstName", id) > (${Prisma.join([...after])})`;
  return Prisma.sql`
    SELECT * FROM (
      SELECT ${columns}, ${rank} AS rank FROM patients WHERE ${condition}
    ) AS matches ${rest}
    ORDER BY rank, "lastName", "firstName", id LIMIT ${first + 1}`;
}

/**
 * How well a record matches: 0 for the very name, 1 where all words of the search are words of the name, 2 where
 * they are words of the record, 3 where they begin words of the name, 4 for the rest. The subqueries are computed
 * once for the statement. Normalising a name is slow, so it is done only where the name has the very same words.
 */
function rankOf(search: string): Prisma.Sql {
  return Prisma.sql`CASE
    WHEN search_vector @@ (SELECT search_query(${search}, false)) THEN CASE
      WHEN NOT ts_filter(search_vector, '{a}') @@ (SELECT search_query(${search}, false)) THEN 2
      WHEN strip(ts_filter(search_vector, '{a}')) = (SELECT strip(search_lexemes(${search})))
        AND btrim(search_text(first_name || ' ' || last_name)) = (SELECT btrim(search_text(${search}))) THEN 0
      ELSE 1 END
    WHEN ts_filter(search_vector, '{a}') @@ (SELECT search_query(${search}, true)) THEN 3
    ELSE 4 END`;
}

/** The condition of a list of what the viewer sees, for a statement on `patients`. */
export function where(conditions: PatientConditions, visible: Prisma.Sql): Prisma.Sql {
  const { search, isActive, gender, bornFrom, bornTo, phone, email, createdById } = conditions;
  const clauses = [
    visible,
    ...(search === null ? [] : [Prisma.sql`search_vector @@ (SELECT search_query(${search}, true))`]),
    ...(isActive === null
      ? []
      : [isActive ? Prisma.sql`is_active IS NOT FALSE` : Prisma.sql`is_active = false`]),
    ...(gender === null ? [] : [Prisma.sql`gender = ${genderMapping.toColumn(gender)}`]),
    ...(bornFrom === null ? [] : [Prisma.sql`date_of_birth >= ${bornFrom}::date`]),
    ...(bornTo === null ? [] : [Prisma.sql`date_of_birth <= ${bornTo}::date`]),
    ...(phone === null ? [] : [Prisma.sql`phone = ${phone}`]),
    ...(email === null ? [] : [Prisma.sql`email = ${email}`]),
    ...(createdById === null ? [] : [Prisma.sql`created_by = ${createdById}`]),
  ];
  return Prisma.join(clauses, ' AND ');
}

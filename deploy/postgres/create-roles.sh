#!/bin/sh
# Creates the two roles of one service and gives the owner the database, as a superuser. Runs once, when the
# container's data directory is made; works as well by hand against any PostgreSQL from version 15 on:
#
#   SERVICE=users POSTGRES_DB=user_service_db POSTGRES_USER=postgres \
#   OWNER_PASSWORD=… RUNTIME_PASSWORD=… deploy/postgres/create-roles.sh
set -eu

psql --set ON_ERROR_STOP=1 --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set service_owner="${SERVICE}_owner" --set service_runtime="${SERVICE}_service" \
  --set database="$POSTGRES_DB" \
  --set owner_password="$OWNER_PASSWORD" --set runtime_password="$RUNTIME_PASSWORD" <<'SQL'
CREATE ROLE :"service_owner" LOGIN PASSWORD :'owner_password';
CREATE ROLE :"service_runtime" LOGIN PASSWORD :'runtime_password' CONNECTION LIMIT 50;
ALTER ROLE :"service_owner" SET TimeZone = 'UTC';
ALTER ROLE :"service_runtime" SET TimeZone = 'UTC';
-- The details of an error hold the row that was refused, and a patient's data has no place in a log.
ALTER ROLE :"service_owner" SET log_error_verbosity = 'terse';
ALTER ROLE :"service_runtime" SET log_error_verbosity = 'terse';
-- The statement that failed may have one in its text, and its parameters are one.
ALTER ROLE :"service_owner" SET log_min_error_statement = 'panic';
ALTER ROLE :"service_runtime" SET log_min_error_statement = 'panic';
ALTER ROLE :"service_owner" SET log_parameter_max_length_on_error = 0;
ALTER ROLE :"service_runtime" SET log_parameter_max_length_on_error = 0;
ALTER DATABASE :"database" OWNER TO :"service_owner";
REVOKE CONNECT, TEMPORARY ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"service_runtime";
SQL

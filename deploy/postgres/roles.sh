#!/bin/sh
# Logins and databases, each with its own. PostgreSQL's image runs this once, while its volume is empty.
# The application's login owns nothing: migrations, run by the owner, grant it what it may do.
set -eu

: "${OWNER_PASSWORD:?the password of casewright_owner, who migrates}"
: "${APPLICATION_PASSWORD:?the password of casewright_app, as whom worker and API log in}"
: "${TEMPORAL_PASSWORD:?the password of temporal, who owns the databases of the Temporal server}"

# The passwords are read by psql itself: on its command line other processes could see them.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv owner OWNER_PASSWORD
\getenv application APPLICATION_PASSWORD
\getenv temporal TEMPORAL_PASSWORD

CREATE ROLE casewright_owner LOGIN PASSWORD :'owner';
CREATE ROLE casewright_app LOGIN PASSWORD :'application';
CREATE ROLE temporal LOGIN PASSWORD :'temporal';

CREATE DATABASE casewright OWNER casewright_owner;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;

REVOKE ALL ON DATABASE casewright, temporal, temporal_visibility FROM PUBLIC;
-- The audit works in temporary tables, so that it needs no rights on lasting ones.
GRANT CONNECT, TEMPORARY ON DATABASE casewright TO casewright_app;
SQL

#!/bin/sh
# Brings the Temporal server's two databases to the schema of its release: at the first start, and after an upgrade.
# Both steps may be repeated. Password, address and login come as SQL_PASSWORD, SQL_HOST, SQL_PORT and SQL_USER.
set -eu

: "${SQL_PASSWORD:?the password of the login temporal}"

schema() {
    database=$1 kind=$2
    temporal-sql-tool --plugin postgres12 --database "$database" setup-schema --version 0.0
    temporal-sql-tool --plugin postgres12 --database "$database" update-schema --schema-name "postgresql/v12/$kind"
}

schema temporal temporal
schema temporal_visibility visibility

#!/bin/sh
# For a PostgreSQL that serves Almagest alone, once, when its data are made: the database, the role that owns it and has no power over the
# server, and the one as which queries of others are executed. The password is the one in /run/secrets/password.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --set password="$(cat /run/secrets/password)" <<'SQL'
create role almagest_owner login nosuperuser nocreatedb nocreaterole password :'password';
create role almagest_reader nologin noinherit;
grant almagest_reader to almagest_owner;
grant pg_read_all_settings to almagest_owner;
grant set on parameter temp_file_limit to almagest_owner;
create database almagest owner almagest_owner;
SQL

namespace Almagest.Testing.Ledgers;

/// <summary>
/// The functions of Citus that the program calls, on a PostgreSQL without it. Each call is written down in <c>citus_stub.calls</c>. A
/// "distributed" table is one of the same name that is partitioned by the hash of the column: as there, no unique index can leave the
/// column out.
/// </summary>
public static class CitusStub
{
    /// <summary>Why a test of it is skipped on Citus.</summary>
    public const string NoneHere = "Citus itself is there, and a stub of it cannot be.";

    public const string Install = """
        create schema citus_stub;
        create table citus_stub.calls (call_id bigint generated always as identity, call text not null);
        create table citus_stub.tables (name text primary key, parts integer not null);

        create function pg_catalog.citus_version() returns text language sql as $$ select 'Citus 13.2.0 of tests' $$;
        create function pg_catalog.citus_is_coordinator() returns boolean language sql as $$ select true $$;
        create function pg_catalog.citus_get_active_worker_nodes(out node_name text, out node_port bigint) returns setof record
          language sql as $$ values ('worker1', 5432::bigint), ('worker2', 5432) $$;
        create function pg_catalog.citus_check_cluster_node_health(out from_nodename text, out from_nodeport integer, out to_nodename text,
          out to_nodeport integer, out result boolean) returns setof record
          language sql as $$ values ('worker1', 5432, 'worker2', 5432, true) $$;

        -- The table anew, with its rows, keys, checks and indexes under their names; in parts, or whole where there is no column.
        create function citus_stub.rebuild(target regclass, by_column text, parts integer) returns void language plpgsql as $$
        declare
          name text := (select relname from pg_class where oid = target);
          key record;
          indexes text[];
          definition text;
        begin
          if exists (select 1 from pg_attribute where attrelid = target and attidentity <> '') then
            raise exception 'cannot complete operation on a table with identity column' using errcode = 'feature_not_supported';
          end if;
          select c.conname, pg_get_constraintdef(c.oid) as definition into key
            from pg_constraint c where c.conrelid = target and c.contype = 'p';
          select coalesce(array_agg(replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ')), '{}') into indexes from pg_index i
            where i.indrelid = target and not i.indisprimary;
          execute format('alter table public.%I rename to %I', name, name || '_before');
          execute format('create table public.%I (like public.%I including defaults including constraints including storage)%s',
            name, name || '_before', case when by_column is null then '' else format(' partition by hash (%I)', by_column) end);
          for part in 0 .. parts - 1 loop
            execute format('create table citus_stub.%I partition of public.%I for values with (modulus %s, remainder %s)',
              name || '_' || part, name, parts, part);
          end loop;
          execute format('insert into public.%I select * from public.%I', name, name || '_before');
          -- A sequence goes with the column that owns it.
          if name = 'stars' then
            alter sequence public.stars_star_id_seq owned by public.stars.star_id;
          end if;
          execute format('drop table public.%I', name || '_before');
          execute format('alter table public.%I add constraint %I %s', name, key.conname, key.definition);
          foreach definition in array indexes loop
            execute definition;
          end loop;
        end $$;

        create function pg_catalog.create_distributed_table(table_name regclass, distribution_column text,
          colocate_with text default 'default', shard_count integer default null) returns void language plpgsql as $$
        declare
          of_table text := (select relname from pg_class where oid = table_name);
        begin
          insert into citus_stub.calls (call) values (format('create_distributed_table(%s, %s, %s, %s)', of_table, distribution_column,
            colocate_with, coalesce(shard_count::text, 'null')));
          if exists (select 1 from pg_trigger where tgrelid = table_name and not tgisinternal) then
            raise exception 'triggers are not supported on distributed tables' using errcode = 'feature_not_supported';
          end if;
          insert into citus_stub.tables values (of_table, coalesce(shard_count, (select max(parts) from citus_stub.tables)));
          perform citus_stub.rebuild(table_name, distribution_column, 3);
        end $$;

        create function pg_catalog.undistribute_table(table_name regclass) returns void language plpgsql as $$
        declare
          of_table text := (select relname from pg_class where oid = table_name);
        begin
          insert into citus_stub.calls (call) values (format('undistribute_table(%s)', of_table));
          delete from citus_stub.tables where name = of_table;
          perform citus_stub.rebuild(table_name, null, 0);
        end $$;

        create function pg_catalog.truncate_local_data_after_distributing_table(table_name regclass) returns void language sql as $$
          insert into citus_stub.calls (call)
          select format('truncate_local_data_after_distributing_table(%s)', relname) from pg_class where oid = table_name
        $$;

        create function pg_catalog.run_command_on_workers(command text, out nodename text, out nodeport integer, out success boolean,
          out result text) returns setof record language sql as $$
          insert into citus_stub.calls (call)
          values (format('run_command_on_workers(%s)', substring(command from '(create schema \w+|alter role \w+ \w+)')));
          select 'worker1', 5432, true, 'ALTER ROLE';
        $$;

        create view public.citus_shards as
        select format('public.%I', t.name) as table_name, part as shardid, 'worker' || part % 2 + 1 as nodename, 5432 as nodeport,
               8192::bigint as shard_size
        from citus_stub.tables t cross join lateral generate_series(1, t.parts) as part;
        """;
}

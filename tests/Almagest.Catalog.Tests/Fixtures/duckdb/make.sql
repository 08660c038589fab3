-- The files of this folder, by DuckDB 1.5.6: duckdb < make.sql
create table t as
select
    i as source_id, 10.5::double + i as ra, 20.25::double as dec,
    date '2016-01-01' + i::integer as day,
    time '12:30:05.25' + interval (i) second as time,
    timestamp '2016-01-01 00:00:00.123456' + interval (i) second as local,
    timestamptz '2016-01-01 00:00:00.5+02' + interval (i) second as utc,
    timestamp_ns '2016-01-01 00:00:00.1234567' as nanoseconds,
    interval '3 days 1.5 seconds' as span,
    (i * 1.25)::decimal(6, 2) as decimal6,
    (9000000000000000000 + i * 2)::decimal(20, 0) as id20,
    (10000000000000000000 + i * 2)::decimal(21, 0) as id21,
    12345678901234567890123456789012345678::decimal(38, 0) as id38,
    (i::hugeint + 18446744073709551000)::ubigint as u64,
    '0198c2a4-7d5e-7c3b-9f10-3a5b8c6d7e8f'::uuid as uuid,
    i % 2 = 0 as truth,
    case when i % 3 > 0 then -i end::tinyint as i8, case when i % 3 > 0 then -i end::smallint as i16,
    case when i % 3 > 0 then -i end::integer as i32, case when i % 3 > 0 then -i end::bigint as i64,
    case when i % 3 > 0 then 200 + i end::utinyint as u8, case when i % 3 > 0 then 60000 + i end::usmallint as u16,
    case when i % 3 > 0 then 4000000000 + i end::uinteger as u32,
    [date '2016-01-02', date '2016-01-03'] as days
from range(1, 31) r(i);
copy t to 'types.parquet' (format parquet);
copy t to 'types-v2.parquet' (format parquet, parquet_version v2);

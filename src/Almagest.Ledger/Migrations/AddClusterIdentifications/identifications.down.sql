drop table public.cluster_identifications;
drop table public.run_identifications;

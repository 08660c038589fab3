-- Where on the sky the members of a set of stars are.
create table view_summaries.star_set_cells (
  set_id bigint not null,
  dataset_id bigint not null,
  healpix_6 bigint not null,
  stars bigint not null,
  primary key (dataset_id, healpix_6, set_id)
);
create index on view_summaries.star_set_cells (set_id);

-- Stars in a dataset's cells; a dataset has a row in counted_datasets once its stars are counted.
create table view_summaries.counted_datasets (dataset_id bigint primary key);
create table view_summaries.dataset_cells (
  dataset_id bigint not null,
  healpix_6 bigint not null,
  stars bigint not null,
  primary key (dataset_id, healpix_6)
);

-- Flags in a dataset's cells: the 64 cells of a HEALPix cell of order 3 in one row, in their order, since a run changes most of
-- them. Cells without stars, or a region without a row, have none.
create table view_summaries.region_flags (
  dataset_id bigint not null,
  healpix_3 bigint not null,
  flags bigint[] not null,
  primary key (dataset_id, healpix_3)
) with (fillfactor = 50);

-- How often a star of a cell was selected by a complete run and not analysed. Cells where that never happened have no row.
create table view_summaries.cell_exclusions (
  dataset_id bigint not null,
  healpix_6 bigint not null,
  excluded bigint not null,
  primary key (dataset_id, healpix_6)
) with (fillfactor = 70);
